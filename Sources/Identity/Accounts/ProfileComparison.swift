import Cryptography
import JSON

extension Profile {
    /// Whether two profiles say the same, byte for byte; pictures are put and removed by themselves.
    package func saysTheSame(as other: Profile) -> Bool { bytes == other.bytes }

    /// For a form: which profile it was filled in on.
    package var mark: String { Hex.encode(Array(SHA256.digest(bytes).prefix(16))) }

    private var bytes: [UInt8] {
        let texts = [name, givenName, familyName, preferredUsername, locale, zoneInfo, birthdate, biography]
        let values = texts.map { $0.map(JSONValue.string) ?? .null } + [.object(attributes)]
        return JSONValue.array(values).bytes()
    }
}
