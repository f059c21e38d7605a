import Logging
import OAuth
import Storage

/// Reasons of refusals as rows, written behind: a refusal takes as long whether or not it is written down, and a
/// database that is away stops nothing (CF5). A flood of them loses explanations, never requests: memory holds so
/// many and the database so many, and the oldest go.
final class StoredExplanations: ExplanationLog {
    /// The most rows there are.
    static let most: Int64 = 100_000

    private let line: WriteBehind<Explanation>?

    /// - Parameter keeping: seconds; with 0 nothing is written down.
    init(store: Store, keeping span: Int64, logger: Logger, limits: WriteBehindLimits = .init(places: 2000)) {
        guard span > 0 else {
            line = nil
            return
        }
        line = WriteBehind(limits: limits, report: { Self.tell($0, logger) }) {
            try await store.append($0, keeping: span, most: Self.most)
        }
    }

    func record(_ explanation: Explanation) { line?.record(explanation) }

    func flush() async { await line?.flush() }

    /// After the doors have closed, and before the database does.
    func close(within limit: Duration = .seconds(5)) async { await line?.close(within: limit) }

    private static func tell(_ report: WriteBehindReport, _ logger: Logger) {
        switch report {
        case .failing(let reason):
            logger.error("explanations cannot be written to the database; they wait", metadata: ["error": "\(reason)"])
        case .writing(let failures):
            logger.notice("explanations are written again", metadata: ["failures": "\(failures)"])
        case .lost(let count):
            logger.warning(
                """
                explanations were lost; martlet explain will not know them
                """, metadata: ["count": "\(count)"])
        }
    }
}
