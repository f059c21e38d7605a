import Identity
import Metrics
import OAuth

/// What came of second factors, by kind and outcome. Labels come from short lists alone.
struct SecondFactorFigures: Sendable {
    private let metrics: any MetricsFactory

    init(_ metrics: any MetricsFactory) {
        self.metrics = metrics
        // All of them stand there from the start: an alert on the first of its kind needs the zero before it.
        for factor in Factor.allCases {
            for outcome in factor.outcomes { count(factor, outcome, 0) }
        }
    }

    func record(_ event: AuditEvent) {
        let factor = Factor(event.details["factor"])
        switch event.kind {
        case .factorProven: count(factor, .proven)
        case .factorRefused: count(factor, .refused)
        case .factorAdded: count(factor, .added)
        case .factorRemoved: count(factor, .removed)
        case .factorLocked: count(.any, .locked)
        case .factorWaived: count(.any, .waived)
        case .factorRecoveryFinished: count(.any, .recovered)
        case .factorsReset: count(.any, .reset)
        default: break
        }
    }

    private enum Factor: String, CaseIterable {
        case totp
        case mailCode = "mail_code"
        case backupCode = "backup_code"
        case passkey
        /// What is about all of a person's, or none.
        case any

        /// A passkey that knew its person is one, too.
        init(_ word: String?) {
            self = word == Proof.verifiedPasskey ? .passkey : word.flatMap(Self.init(rawValue:)) ?? .any
        }

        var outcomes: [Outcome] {
            switch self {
            case .any: Outcome.allCases
            case .backupCode: [.proven, .refused]
            case .totp, .mailCode, .passkey: [.proven, .refused, .added, .removed]
            }
        }
    }

    private enum Outcome: String, CaseIterable {
        case proven, refused, added, removed, locked, waived, recovered, reset
    }

    private func count(_ factor: Factor, _ outcome: Outcome, _ amount: Int64 = 1) {
        let labels = [("factor", factor.rawValue), ("outcome", outcome.rawValue)]
        Counter(label: "martlet_second_factors_total", dimensions: labels, factory: metrics).increment(by: amount)
    }
}
