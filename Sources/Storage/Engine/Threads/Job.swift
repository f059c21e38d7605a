/// Which of several statements that were sent together failed, and with what; the others have no answer.
struct FailedStatement: Error {
    let number: Int
    let fault: any Error
    /// Whether another connection may do better.
    let isOfConnection: Bool
}

/// One caller's closure and the way back to that caller, who is resumed exactly once.
struct Job: Sendable {
    /// Runs the closure, and gives the words that tell its caller of success: they are held back until a
    /// commit has made them true.
    let run: @Sendable (any SQLConnection) throws -> Answer
    let fail: @Sendable (any Error) -> Void
    let kind: Kind
    /// What `run` begins with, if it is known, and what it does with the rows: several can be sent together.
    var first: (statement: SQLStatement, go: @Sendable ([Row], any SQLConnection) throws -> Answer)?
    /// Since when its caller waits.
    var asked = ContinuousClock.now

    typealias Answer = @Sendable () -> Void

    enum Kind {
        /// A transaction of its own.
        case transaction
        /// One statement that reads, in none.
        case lookUp
        /// Right whatever else is written meanwhile, so it may share a transaction with others of this kind.
        case conditionalWrite

        /// Whether several go together.
        var shares: Bool { self != .transaction }
    }
}

extension Job {
    init<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result, kind: Kind,
        for caller: CheckedContinuation<Result, any Error>
    ) {
        self.kind = kind
        run = { connection in
            let result = try body(connection)
            return { caller.resume(returning: result) }
        }
        fail = { caller.resume(throwing: $0) }
    }

    init<Result: Sendable>(
        _ first: SQLStatement, kind: Kind,
        then body: @escaping @Sendable ([Row], any SQLConnection) throws -> Result,
        for caller: CheckedContinuation<Result, any Error>
    ) {
        let go: @Sendable ([Row], any SQLConnection) throws -> Answer = { rows, connection in
            let result = try body(rows, connection)
            return { caller.resume(returning: result) }
        }
        self.kind = kind
        self.first = (first, go)
        run = { connection in try go(try connection.rows(first.sql, first.values), connection) }
        fail = { caller.resume(throwing: $0) }
    }
}
