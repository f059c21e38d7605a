import Identity
import Metrics
import OAuth

/// Security events as figures: how many of each kind, and of those that an alert wants, with which outcome.
/// Labels come from short lists alone, never from a request: who asks cannot make a series of their own.
struct CountedAudit: AuditLog {
    private let metrics: any MetricsFactory
    private let events: [AuditEvent.Kind: Counter]
    private let issued: [String: Counter]
    private let signIns: SignInFigures
    private let secondFactors: SecondFactorFigures

    init(_ metrics: any MetricsFactory) {
        self.metrics = metrics
        // All of them stand there from the start: an alert on the first of its kind needs the zero before it.
        events = Dictionary(
            uniqueKeysWithValues: AuditEvent.Kind.allCases.map { kind in
                (kind, Counter(label: "martlet_events_total", dimensions: [("event", kind.rawValue)], factory: metrics))
            })
        issued = Dictionary(
            uniqueKeysWithValues: GrantType.allCases.map { grant in
                let labels = [("grant_type", grant.rawValue)]
                return (
                    grant.rawValue, Counter(label: "martlet_tokens_issued_total", dimensions: labels, factory: metrics)
                )
            })
        signIns = SignInFigures(metrics)
        secondFactors = SecondFactorFigures(metrics)
        for purpose in MailProof.Purpose.allCases {
            for outcome in ProofOutcome.allCases { count(outcome, purpose.rawValue, 0) }
        }
        for change in Change.allCases { count(change, 0) }
    }

    func record(_ event: AuditEvent) {
        events[event.kind]?.increment()
        signIns.record(event)
        secondFactors.record(event)
        switch event.kind {
        case .tokenIssued: issued[event.details["grant_type"] ?? ""]?.increment()
        case .tokenRefused: refused(at: "token", event)
        case .authorizationRefused: refused(at: "authorization", event)
        case .clientAuthenticationRefused: refused(at: "client_authentication", event)
        case .mailProofAsked:
            let isHeld = !["mailed", "not_mailed"].contains(event.details["result"])
            count(isHeld ? .held : .asked, event.details["purpose"])
        case .mailProofRefused: count(.refused, event.details["purpose"])
        case .addressVerified: count(.proven, event.details["purpose"])
        case .passwordChanged: count(event.details["how"] == "first" ? .passwordFirst : .passwordChanged)
        case .passwordReset: count(.passwordReset)
        case .addressChanged: count(.addressChanged)
        case .addressRestored: count(event.details["reason"] == "stopped" ? .addressStopped : .addressUndone)
        case .addressUndoRefused: count(.addressRefused)
        default: break
        }
    }

    private enum ProofOutcome: String, CaseIterable {
        case asked, held, refused, proven
    }

    private func count(_ outcome: ProofOutcome, _ purpose: String?, _ amount: Int64 = 1) {
        guard let purpose = purpose.flatMap(MailProof.Purpose.init) else { return }
        let labels = [("purpose", purpose.rawValue), ("outcome", outcome.rawValue)]
        Counter(label: "martlet_mail_proofs_total", dimensions: labels, factory: metrics).increment(by: amount)
    }

    /// Of what, and with which outcome.
    private enum Change: String, CaseIterable {
        case passwordChanged = "password changed"
        case passwordFirst = "password first"
        case passwordReset = "password reset"
        case addressChanged = "address changed"
        case addressStopped = "address stopped"
        case addressUndone = "address undone"
        case addressRefused = "address refused"
    }

    private func count(_ change: Change, _ amount: Int64 = 1) {
        let words = change.rawValue.split(separator: " ").map(String.init)
        let labels = zip(["change", "outcome"], words).map { ($0, $1) }
        Counter(label: "martlet_account_changes_total", dimensions: labels, factory: metrics).increment(by: amount)
    }

    private func refused(at endpoint: String, _ event: AuditEvent) {
        let error = OAuthError.Code(rawValue: event.details["error"] ?? "")?.rawValue ?? "other"
        let labels = [("endpoint", endpoint), ("error", error)]
        Counter(label: "martlet_refusals_total", dimensions: labels, factory: metrics).increment()
    }
}
