import Cryptography
import Demo
import Foundation
import JSON
import OAuth

/// The demo's own entry among the clients, and its secret.
///
/// Neither is in the repository. A credential from there would be everybody's: whoever has read it could act as the
/// demo of any deployment. So the secret is drawn at the first start and kept in a file of its owner, and the client
/// file gets its digest; a deployment where nobody starts the demo has no such client at all.
struct DemoRegistration {
    static let id = "demo"
    /// Marks the file as one that may be written over.
    private static let software = "martlet-demo"

    let folder: ClientFolder
    let secretFile: String

    /// The secret, and the file if the server must read it anew.
    func complete(
        home: String, redirectURI: String, random: some RandomSource, at now: Instant
    ) throws -> (secret: String, written: String?) {
        try folder.mustExist()
        let token = try keptSecret() ?? newSecret(random)
        let present = try folder.object(Self.id)
        guard present == nil || present?["software_id"] == .string(Self.software) else {
            throw CommandRefusal(
                "\(try folder.path(of: Self.id)) is there, but martlet demo has not written it; move it away, or register "
                    + "the demo in another folder with --clients-dir")
        }
        let secret = ClientSecret(token, at: now)
        var object = present ?? Self.template
        object["redirect_uris"] = [.string(redirectURI)]
        object["post_logout_redirect_uris"] = [.string(home)]
        object["martlet_audience"] = [.string(home)]
        if !Self.knows(secret, in: object) { object[ClientSecret.name] = [secret.member] }
        guard object != present else { return (token.plaintext, nil) }
        return (token.plaintext, try folder.write(object, of: Self.id, replacing: true))
    }

    /// It introspects its own access tokens, so it is part of their audience (D8).
    private static let template: JSONObject = [
        "client_id": .string(id),
        "client_name": "Martlet demo",
        "software_id": .string(software),
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": .string(DemoConfiguration.scope),
        "token_endpoint_auth_method": "client_secret_basic",
    ]

    private static func knows(_ secret: ClientSecret, in object: JSONObject) -> Bool {
        let digest = secret.member.objectValue?["sha256"]
        return object[ClientSecret.name]?.arrayValue?.contains { $0.objectValue?["sha256"] == digest } ?? false
    }

    private func keptSecret() -> OpaqueToken? {
        guard let bytes = SmallFile.read(secretFile) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return OpaqueToken(.clientSecret, presented: text)
    }

    private func newSecret(_ random: some RandomSource) throws -> OpaqueToken {
        let token = try OpaqueToken(.clientSecret, from: random)
        let parent = (secretFile as NSString).deletingLastPathComponent
        if !parent.isEmpty {
            try? FileManager.default.createDirectory(
                atPath: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        try AtomicFile.write(Array((token.plaintext + "\n").utf8), to: secretFile, mode: 0o600, replacing: true)
        return token
    }
}
