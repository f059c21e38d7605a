import OAuth
import Testing
import Web

@testable import martlet

/// What `martlet explain` should say of a refusal: the check that failed, and a part of each sentence.
struct Explained {
    let check: CheckName
    let seen: String
    let expected: String
    let repair: String

    init(_ check: CheckName, _ seen: String, _ expected: String, _ repair: String) {
        self.check = check
        self.seen = seen
        self.expected = expected
        self.repair = repair
    }
}

extension TestHouse {
    func flushExplanations() async { await house.groundwork.explanations.flush() }

    /// What is kept under the reference that went out with a reply.
    func explanation(of page: TestPage) async throws -> Explanation {
        await flushExplanations()
        let reference = try #require(page.header("X-Request-Id"), "\(page.target)")
        return try #require(try await store.explanation(reference, at: clock.now), "\(page.target): \(page.status)")
    }

    /// Holds an explanation to what it should say, and the passed checks to their order.
    func expect(
        _ page: TestPage, _ wanted: Explained, after passed: [CheckName]? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let explanation = try await explanation(of: page)
        let failed = try #require(explanation.examination.failed, sourceLocation: sourceLocation)
        #expect(failed.check == wanted.check, sourceLocation: sourceLocation)
        #expect(
            wanted.seen.isEmpty || failed.seen.text.contains(wanted.seen), "\(failed.seen)",
            sourceLocation: sourceLocation)
        #expect(
            wanted.expected.isEmpty || failed.expected.text.contains(wanted.expected), "\(failed.expected)",
            sourceLocation: sourceLocation)
        #expect(
            wanted.repair.isEmpty || failed.repair.text.contains(wanted.repair), "\(failed.repair)",
            sourceLocation: sourceLocation)
        #expect(explanation.status == page.status, sourceLocation: sourceLocation)
        guard let passed else { return }
        let before = explanation.examination.checks.prefix {
            if case .passed = $0.outcome { true } else { false }
        }
        #expect(before.map(\.name) == passed, sourceLocation: sourceLocation)
        let after = explanation.examination.checks.dropFirst(before.count + 1)
        #expect(after.allSatisfy { $0.outcome == .notReached }, sourceLocation: sourceLocation)
    }
}
