import Foundation

/// A secret that stands in a file of its own, as container platforms hand them out.
///
/// Who may read the file is the platform's affair: they mount secrets readable for everybody inside the
/// container. The master key in the folder of keys is watched more closely, see `MasterKeyFile`.
enum SecretFile {
    /// The text without the line end that editors put at the end.
    static func read(_ path: String, namedBy origin: SettingOrigin) -> Result<RawText, SettingsFault> {
        let fault = { (sentence: String) in
            Result<RawText, SettingsFault>.failure(SettingsFault(origin, "the file \(Seen.quoted(path)) \(sentence)"))
        }
        guard let data = SmallFile.read(path) else {
            return fault("cannot be read; name one that exists and is readable")
        }
        guard data.count <= 65_536 else { return fault("is far too large for a secret") }
        guard let text = String(validating: data, as: UTF8.self) else { return fault("is no text") }
        let trimmed = text.hasSuffix("\r\n") || text.hasSuffix("\n") ? String(text.dropLast()) : text
        guard !trimmed.isEmpty else { return fault("is empty; it must hold the secret") }
        return .success(RawText(text: trimmed, origin: .secretFile(path: path, namedBy: origin.description)))
    }
}
