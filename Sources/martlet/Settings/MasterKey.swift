import Cryptography

/// The master key as it was given in the environment, and where.
struct GivenMasterKey: Sendable {
    let key: SealingKey
    let origin: SettingOrigin
}

/// The text form of the master key: 32 random bytes in base64url (CR5).
enum MasterKey {
    static let fileName = "master.key"
    static let recipe = "openssl rand -base64 32 | tr '+/' '-_' | tr -d '='"
    static let expected = "32 random bytes in base64url, 43 characters, such as come from: \(recipe)"

    /// Why a text is no key. Never holds any of it.
    enum Fault: String, Error {
        case malformed = "it is no base64url of 32 bytes"
        case weak = "it is not random: somebody could guess it"
    }

    static func parse(_ text: String) throws(Fault) -> SealingKey {
        guard text.utf8.count == 43, let bytes = Base64URL.decode(text), bytes.count == SealingKey.byteCount else {
            throw .malformed
        }
        guard !isWeak(text, bytes) else { throw .weak }
        do {
            return try SealingKey(bytes: bytes)
        } catch {
            throw .weak
        }
    }

    static func make(from random: some RandomSource) throws -> String {
        Base64URL.encode(try random.bytes(SealingKey.byteCount))
    }

    /// Few different bytes or letters, or bytes that count up or down. Chance makes such a key less often
    /// than once in 10^15: 32 random bytes hold 30 different ones, give or take two.
    private static func isWeak(_ text: String, _ bytes: [UInt8]) -> Bool {
        let strides = Set(zip(bytes, bytes.dropFirst()).map { $1 &- $0 })
        return Set(bytes).count < 16 || Set(text.utf8).count < 16 || strides.count < 8
    }
}

extension SettingFormat where Value == GivenMasterKey {
    static let masterKey = Self.single(MasterKey.expected, text: { _ in "given" }) { raw throws(SettingRefusals) in
        do throws(MasterKey.Fault) {
            return GivenMasterKey(key: try MasterKey.parse(raw.text), origin: raw.origin)
        } catch {
            throw SettingRefusals(raw, because: error.rawValue)
        }
    }
}
