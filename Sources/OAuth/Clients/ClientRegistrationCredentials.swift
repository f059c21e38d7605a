import Cryptography
import Foundation
import JOSE
import JSON

/// What the client shows itself with (TK1, TK2). Secrets are kept as digests, keys by their public halves.
extension ClientRegistrationReader {
    mutating func readCredentials(into client: inout Client) {
        client.secretDigests = secretDigests()
        client.keys = keys()
    }

    /// `[{"sha256": …, "created": …, "label": …}]`: two at most, which is what a rotation needs.
    private mutating func secretDigests() -> [TokenDigest] {
        let name = "martlet_secret_hashes"
        guard let value = object[name] else { return [] }
        guard let elements = value.arrayValue, elements.count <= 2 else {
            fault([.key(name)], "\(name) must be a list of at most two secrets: the current one and its successor")
            return []
        }
        var digests: [TokenDigest] = []
        for (index, element) in elements.enumerated() {
            guard let digest = secretDigest(element, at: [.key(name), .index(index)]) else { continue }
            guard !digests.contains(digest) else {
                fault([.key(name), .index(index)], "\(name) holds the same secret twice")
                continue
            }
            digests.append(digest)
        }
        return digests
    }

    private mutating func secretDigest(_ value: JSONValue, at path: [JSONPathElement]) -> TokenDigest? {
        guard let object = value.objectValue else {
            fault(path, "a secret is given as {\"sha256\": …, \"created\": …}")
            return nil
        }
        let known = ["sha256", "created", "label"]
        for key in object.keys where !known.contains(key) {
            fault(
                path + [.key(key)], "a secret has only sha256, created and label",
                suggestion: NearestName.to(key, among: known))
        }
        if object["label"].map({ $0.stringValue == nil }) ?? false {
            fault(path + ["label"], "label must be a text")
        }
        if let created = object["created"], !Self.isDate(created.stringValue ?? "") {
            fault(path + ["created"], "created must be a date like 2026-11-05 or 2026-11-05T09:30:00Z")
        }
        let text = object["sha256"]?.stringValue ?? ""
        let bytes = text.utf8.count == 64 ? Hex.decode(text) : Base64URL.decode(text)
        guard let bytes, bytes.count == SHA256.byteCount else {
            let place = object["sha256"] == nil ? path : path + ["sha256"]
            fault(place, "sha256 must be the SHA-256 of the secret: 64 hexadecimal digits or 43 of base64url")
            return nil
        }
        return TokenDigest(bytes: bytes)
    }

    private static func isDate(_ text: String) -> Bool {
        text.utf8.count == 10
            ? (try? Date(text, strategy: .iso8601.year().month().day())) != nil
            : (try? Date(text, strategy: .iso8601)) != nil
    }

    /// The inline key set of `private_key_jwt`. A key that could never be used is told, not passed over.
    private mutating func keys() -> [JWK] {
        guard let value = object["jwks"] else { return [] }
        guard let elements = value.objectValue?["keys"]?.arrayValue, (1...16).contains(elements.count) else {
            fault(["jwks"], "jwks must be a key set with 1 to 16 public keys: {\"keys\": […]}")
            return []
        }
        var keys: [JWK] = []
        for (index, element) in elements.enumerated() {
            do throws(JOSEFault) {
                keys.append(try JWK(element))
            } catch {
                fault(["jwks", "keys", .index(index)], Self.sentence(about: error))
            }
        }
        return keys
    }

    private static func sentence(about fault: JOSEFault) -> String {
        guard case .badKey(let reason) = fault else { return "this key cannot be used: \(fault.description)" }
        guard reason.contains("private member") || reason.contains("shared") else {
            return "this key cannot be used: \(reason)"
        }
        return "this is not a public key (\(reason)); whoever has read this file could use it: make a new key pair"
    }
}
