/// One thread's connection, made when it is needed and made anew when it was lost.
///
/// Not `Sendable`: it lives on its thread.
final class PostgreSQLSeat {
    private let reach: PostgreSQLReach
    private let preparation: String?
    private var kept: PostgreSQLConnection?

    private static let late = StorageError.unavailable("the server did not answer in time")

    /// `preparation`: a statement for every connection made, beside what holds in all of them.
    init(_ reach: PostgreSQLReach, preparing preparation: String? = nil) {
        self.reach = reach
        self.preparation = preparation
    }

    /// A connection with a transaction begun. One that was lost while it lay idle is replaced, once: nothing of
    /// the transaction has been sent by then.
    func begin(_ sql: String) throws -> PostgreSQLConnection {
        if let kept {
            do throws(PostgreSQLFault) {
                try kept.begin(sql)
                return kept
            } catch {
                drop()
            }
        }
        let connection = try connect()
        kept = connection
        do throws(PostgreSQLFault) {
            try connection.begin(sql)
            return connection
        } catch {
            drop()
            throw error.storageError
        }
    }

    /// After a transaction that failed: what is under way is rolled back, and a connection that is no good any
    /// more goes.
    func clear() {
        guard let kept else { return }
        guard !kept.isLost, kept.fault?.spoilsConnection != true else { return drop() }
        do throws(PostgreSQLFault) {
            try kept.rollBack()
        } catch {
            drop()
        }
    }

    /// Something without effect, in no transaction. On a connection that was lost while it lay idle, which shows at once,
    /// it is asked once more.
    func ask<Answer>(_ question: (PostgreSQLConnection) throws -> Answer) throws -> Answer {
        let begun = ContinuousClock.now
        if let kept {
            if let answer = try answer(question, kept) { return answer }
            guard .now - begun < .seconds(1) else { throw Self.late }
        }
        let connection = try connect()
        kept = connection
        guard let answer = try answer(question, connection) else {
            throw StorageError.unavailable("the connection was lost")
        }
        return answer
    }

    /// `nil` when the connection is lost.
    private func answer<Answer>(
        _ question: (PostgreSQLConnection) throws -> Answer, _ connection: PostgreSQLConnection
    ) throws -> Answer? {
        connection.forgetFault()
        do {
            let answer = try question(connection)
            if let fault = connection.fault { throw fault.storageError }
            return answer
        } catch {
            let isLost = connection.isLost
            clear()
            guard isLost else { throw error }
            return nil
        }
    }

    /// The one word of an answer, on a connection with nothing under way.
    func ask(_ sql: String) throws -> String? {
        let connection = try kept ?? connect()
        kept = connection
        do throws(PostgreSQLFault) {
            return try connection.command(sql).word
        } catch {
            drop()
            throw error.storageError
        }
    }

    private func connect() throws -> PostgreSQLConnection {
        let connection = try reach.connect()
        guard let preparation else { return connection }
        do throws(PostgreSQLFault) {
            try connection.command(preparation)
            return connection
        } catch {
            connection.close()
            throw error.storageError
        }
    }

    func drop() {
        kept?.close()
        kept = nil
    }
}
