import Identity
import Metrics
import OAuth

/// Who came in by what, and what came of links and codes to sign in with. Labels come from short lists alone.
struct SignInFigures: Sendable {
    private let metrics: any MetricsFactory

    init(_ metrics: any MetricsFactory) {
        self.metrics = metrics
        // All of them stand there from the start: an alert on the first of its kind needs the zero before it.
        for outcome in Outcome.allCases { count(.password, outcome, 0) }
        for method in Method.allCases { count(method, .success, 0) }
        countLink(Self.ok, 0)
        for fault in MagicLinkFault.allCases { countLink(fault.rawValue, 0) }
    }

    func record(_ event: AuditEvent) {
        switch event.kind {
        case .signIn:
            let method = Method(event.details["method"] ?? "")
            count(method, .success)
            if method.isLink { countLink(Self.ok) }
        case .mailProofRefused where Self.linkPurposes.contains(event.details["purpose"] ?? ""):
            let fault = event.details["reason"].flatMap(MagicLinkFault.init) ?? .unknown
            countLink(fault.rawValue)
        // Only passwords are refused here: asking for one again, before a change, is no sign-in.
        case .signInRefused where event.details["purpose"] != "password_change": count(.password, .refused)
        case .signInThrottled where event.details["purpose"] != "password_change":
            count(.password, event.details["reason"] == "busy" ? .busy : .throttled)
        default: break
        }
    }

    private enum Method: String, CaseIterable {
        case password
        case magicLink = "magic_link"
        case staffLink = "staff_link"
        /// By a provider, whichever.
        case upstream
        /// An invitation, a sign-up that was confirmed, the link of the first administrator.
        case other

        init(_ method: String) {
            switch method {
            case PasswordSignIn.method: self = .password
            case MagicLinkSignIn.method: self = .magicLink
            case StaffLinks.method: self = .staffLink
            default: self = UpstreamProvider.isID(method) ? .upstream : .other
            }
        }

        var isLink: Bool { self == .magicLink || self == .staffLink }
    }

    private enum Outcome: String, CaseIterable {
        case success, refused, throttled, busy
    }

    private static let ok = "ok"
    private static let linkPurposes = [MailProof.Purpose.magicLink, .staffLink].map(\.rawValue)

    private func count(_ method: Method, _ outcome: Outcome, _ amount: Int64 = 1) {
        let labels = [("method", method.rawValue), ("outcome", outcome.rawValue)]
        Counter(label: "martlet_sign_ins_total", dimensions: labels, factory: metrics).increment(by: amount)
    }

    private func countLink(_ outcome: String, _ amount: Int64 = 1) {
        Counter(label: "martlet_magic_links_total", dimensions: [("outcome", outcome)], factory: metrics)
            .increment(by: amount)
    }
}
