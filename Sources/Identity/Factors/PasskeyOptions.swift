import Cryptography
import Foundation
import JSON
import OAuth

/// What browsers are asked, in the JSON that `PublicKeyCredential.parseCreationOptionsFromJSON` and its sister read
/// (WebAuthn §5.1.8-5.1.9): bytes are base64url.
struct PasskeyOptions: Sendable {
    /// Host of the issuer, without the port (WebAuthn §4, "RP ID").
    let relyingPartyID: String
    /// Where answers come from: the issuer's own pages.
    let origin: String
    private let serviceName: String

    init(issuer: String, serviceName: String) {
        let parts = URLComponents(string: issuer)
        relyingPartyID = parts?.host ?? ""
        origin = "\(parts?.scheme ?? "")://\(relyingPartyID)" + (parts?.port.map { ":\($0)" } ?? "")
        self.serviceName = serviceName
    }

    func creation(
        of challenge: PasskeyChallenge, for account: Account, having holdings: FactorHoldings
    ) -> Passkeys.Options {
        let name = JSONValue.string(account.email.typed)
        let algorithms: [JSONValue] = [-7, -8, -257]
        return options([
            "rp": ["id": .string(relyingPartyID), "name": .string(serviceName)],
            "user": [
                "id": .string(Base64URL.encode(Self.userHandle(of: account.id))), "name": name,
                "displayName": account.profile.name.map(JSONValue.string) ?? name,
            ],
            "challenge": .string(Base64URL.encode(challenge.bytes)),
            "pubKeyCredParams": .array(algorithms.map { ["type": "public-key", "alg": $0] }),
            "timeout": .integer(PasskeyChallenge.lifetime * 1000),
            "excludeCredentials": .array(holdings.descriptors),
            "authenticatorSelection": [
                "residentKey": "required", "requireResidentKey": true, "userVerification": "preferred",
            ],
            "attestation": "none",
        ])
    }

    /// - Parameter holdings: whose passkeys are meant; `nil` for whoever's the authenticator offers.
    func request(_ challenge: PasskeyChallenge, of holdings: FactorHoldings?) -> Passkeys.Options {
        options([
            "challenge": .string(Base64URL.encode(challenge.bytes)),
            "timeout": .integer(PasskeyChallenge.lifetime * 1000), "rpId": .string(relyingPartyID),
            "allowCredentials": .array(holdings?.descriptors ?? []),
            "userVerification": holdings == nil ? "required" : "preferred",
        ])
    }

    /// `user.id` (WebAuthn §5.4.3): at most 64 bytes, and nothing that says who somebody is. Ids that people brought along
    /// from elsewhere may be longer.
    static func userHandle(of subject: String) -> [UInt8] {
        let bytes = Array(subject.utf8)
        return bytes.count <= 64 ? bytes : SHA256.digest(bytes)
    }

    private func options(_ object: JSONObject) -> Passkeys.Options {
        Passkeys.Options(json: JSONValue.object(object).text)
    }
}

extension FactorHoldings {
    /// `PublicKeyCredentialDescriptorJSON` of each passkey.
    fileprivate var descriptors: [JSONValue] {
        factors.compactMap { factor in
            guard case .passkey(let passkey) = factor.secret else { return nil }
            var descriptor: JSONObject = [
                "type": "public-key", "id": .string(Base64URL.encode(passkey.credentialID)),
            ]
            if !passkey.transports.isEmpty {
                descriptor["transports"] = .array(passkey.transports.map(JSONValue.string))
            }
            return .object(descriptor)
        }
    }
}
