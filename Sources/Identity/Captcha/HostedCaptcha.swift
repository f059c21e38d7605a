import JSON
import OAuth

/// A captcha that another company shows and judges. Whether the answer of a browser is good is asked there by POST, with
/// our secret key, over HTTPS; whatever goes wrong on the way is no pass (CF5).
///
/// The three speak one language: `secret` and `response` go out, `success`, `hostname` and perhaps `action` come back.
/// The network of the person is not sent along: their provider sees it anyway, ours to give it is not.
package struct HostedCaptcha: Sendable {
    package enum Provider: String, Sendable, CaseIterable {
        case recaptcha
        case hcaptcha
        case turnstile

        /// Where answers are checked (IN11: nothing that anybody sends has a part in it).
        var checkURL: String {
            switch self {
            case .recaptcha: "https://www.google.com/recaptcha/api/siteverify"
            case .hcaptcha: "https://api.hcaptcha.com/siteverify"
            case .turnstile: "https://challenges.cloudflare.com/turnstile/v0/siteverify"
            }
        }

        /// Whether the answer says for which form the widget stood; otherwise an answer is good for any form of ours,
        /// once: the provider counts.
        var tellsAction: Bool { self == .turnstile }
    }

    /// What a browser may send: theirs have up to some 4 KB.
    static let maximumBytes = 16_384

    package let provider: Provider
    package let siteKey: String
    /// Of the issuer: an answer won on another site with the same key counts for nothing.
    private let hostname: String
    private let secretKey: String
    private let fetcher: any HTTPFetcher
    /// In tests, the origin that stands in for the provider.
    package let standIn: String?

    package init(
        _ provider: Provider, siteKey: String, secretKey: String, hostname: String, fetcher: any HTTPFetcher,
        standIn: String? = nil
    ) {
        self.provider = provider
        self.siteKey = siteKey
        self.secretKey = secretKey
        self.hostname = hostname
        self.fetcher = fetcher
        self.standIn = standIn
    }

    /// `nil` when it is good.
    package func refusal(of response: String?, for form: CaptchaForm) async -> CaptchaRefusal? {
        guard let response else { return CaptchaRefusal(.unanswered) }
        guard response.utf8.count <= Self.maximumBytes else { return CaptchaRefusal(.malformed) }
        do {
            let answer = try await ask(response)
            guard let fault = judge(answer, for: form) else { return nil }
            let isOutage = fault == .unavailable
            return CaptchaRefusal(
                fault, detail: isOutage ? .known("status \(answer.status), \(answer.body.count) bytes") : nil)
        } catch {
            // What fetching says of itself holds neither header nor body of anything.
            return CaptchaRefusal(.unavailable, detail: .known("\(error)"))
        }
    }

    private func ask(_ response: String) async throws -> OutboundResponse {
        let form = FormEncoding.encode([("secret", secretKey), ("response", response), ("sitekey", siteKey)])
        return try await fetcher.fetch(
            OutboundRequest(
                method: "POST", url: standIn.map { "\($0)/\(provider.rawValue)/siteverify" } ?? provider.checkURL,
                headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
                body: Array(form.utf8)))
    }

    private func judge(_ answer: OutboundResponse, for form: CaptchaForm) -> CaptchaFault? {
        // Some answer a refusal with 400; what is neither is no answer.
        guard answer.status == 200 || answer.status == 400,
            let object = try? JSONValue(parsing: answer.body, maximumDepth: 8).objectValue,
            let isSuccess = object["success"]?.boolValue
        else { return .unavailable }
        guard isSuccess, answer.status == 200 else {
            return Self.fault(object["error-codes"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        }
        guard object["hostname"]?.stringValue?.isExactly(hostname) == true else { return .wrongHost }
        guard !provider.tellsAction || object["action"]?.stringValue?.isExactly(form.rawValue) == true else {
            return .wrongAction
        }
        return nil
    }

    private static func fault(_ codes: [String]) -> CaptchaFault {
        let ours = [
            "missing-input-secret", "invalid-input-secret", "sitekey-secret-mismatch", "not-using-dummy-secret",
            "invalid-sitekey",
        ]
        if codes.contains(where: { code in ours.contains { code.isExactly($0) } }) { return .wrongKey }
        return codes.contains { $0.isExactly("internal-error") } ? .unavailable : .denied
    }
}

/// Printed, it shows which it is and no key.
extension HostedCaptcha: CustomStringConvertible, CustomReflectable {
    package var description: String { "HostedCaptcha(\(provider.rawValue))" }
    package var customMirror: Mirror { Mirror(self, children: ["provider": provider.rawValue]) }
}
