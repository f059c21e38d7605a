/// One caller's closure and the way back to that caller, who is resumed exactly once.
struct Job: Sendable {
    /// Runs the closure, and gives the words that tell its caller of success: they are held back until a
    /// commit has made them true.
    let run: @Sendable (any SQLConnection) throws -> Answer
    let fail: @Sendable (any Error) -> Void
    let kind: Kind
    /// Since when its caller waits.
    let asked = ContinuousClock.now

    typealias Answer = @Sendable () -> Void

    enum Kind {
        /// A transaction of its own.
        case transaction
        /// One statement that reads, in none.
        case lookUp
        /// Right whatever else is written meanwhile, so it may share a transaction with others of this kind.
        case conditionalWrite
    }

    init<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result, kind: Kind = .transaction,
        for caller: CheckedContinuation<Result, any Error>
    ) {
        self.kind = kind
        run = { connection in
            let result = try body(connection)
            return { caller.resume(returning: result) }
        }
        fail = { caller.resume(throwing: $0) }
    }
}
