/// Where the reasons of refusals are kept for the operator. Telling it never waits and never fails: a refusal
/// must take as long and end the same whether or not anybody will ask about it (PW10, CF5).
package protocol ExplanationLog: Sendable {
    func record(_ explanation: Explanation)
}

/// The reading side.
package protocol ExplanationStore: Sendable {
    func explanation(_ reference: String, at now: Instant) async throws -> Explanation?
    /// The newest first.
    func explanations(latest count: Int, at now: Instant) async throws -> [Explanation]
}
