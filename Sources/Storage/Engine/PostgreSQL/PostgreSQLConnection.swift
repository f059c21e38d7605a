import CPostgreSQL
import Foundation

/// One connection, for one thread at a time.
///
/// Every answer is waited for with an end: a server that has stopped, or a network that swallows everything, never
/// keeps a thread.
///
/// `@unchecked Sendable`: whoever opens it hands it to the one thread that uses it from then on.
final class PostgreSQLConnection: SQLConnection, @unchecked Sendable {
    private var handle: OpaquePointer?
    private var statements: [String: PostgreSQLStatement] = [:]
    /// What the transaction under way has failed with: PostgreSQL keeps nothing of it.
    private(set) var fault: PostgreSQLFault?
    private(set) var isLost = false
    /// The number of the transaction under way, when it was asked for as it began.
    private(set) var transaction: String?
    /// Which run of which server this is, when it was asked for.
    var server: String?
    /// How long an answer may take.
    var patience: Duration = .seconds(10)

    /// The verbs have far fewer statements; the bound keeps a mistake from growing for ever.
    private static let mostStatements = 256

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { close() }

    func rows(_ sql: String, _ values: [SQLValue]) throws -> [Row] {
        try run(sql, values).rows()
    }

    @discardableResult
    func execute(_ sql: String, _ values: [SQLValue]) throws -> Int {
        try run(sql, values).changes
    }

    /// PostgreSQL tells it when the transaction commits.
    func announce(_ topic: String) throws {
        _ = try run(
            "SELECT 1 FROM (SELECT pg_notify($1, $2)) n", [.text(PostgreSQLListener.channel), .text(topic)])
    }

    /// Statements of this room without parameters, which return nothing: `BEGIN`, `SET`…
    @discardableResult
    func command(_ sql: String) throws(PostgreSQLFault) -> PostgreSQLResult {
        try exchange { PQsendQuery($0, sql) }
    }

    /// Begins anew, without what failed before.
    func begin(_ sql: String) throws(PostgreSQLFault) {
        fault = nil
        transaction = try command(sql).word
    }

    /// Outside of transactions each statement stands for itself.
    func forgetFault() { fault = nil }

    func fail(with fault: PostgreSQLFault) { self.fault = fault }

    /// What was told since, and did not fit into answers.
    func notifications() -> [String] {
        guard let handle, PQconsumeInput(handle) == 1 else {
            isLost = true
            return []
        }
        var topics: [String] = []
        while let notice = PQnotifies(handle) {
            topics.append(String(cString: notice.pointee.extra))
            PQfreemem(notice)
        }
        return topics
    }

    /// Whether something has come before the time is over.
    func wait(_ time: Duration) -> Bool {
        guard let handle else { return false }
        var place = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        let milliseconds = time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000
        let ready = poll(&place, 1, Int32(clamping: max(0, milliseconds)))
        return ready > 0 || (ready < 0 && errno == EINTR)
    }

    func close() {
        statements = [:]
        isLost = true
        PQfinish(handle)
        handle = nil
    }

    private func run(_ sql: String, _ values: [SQLValue]) throws -> PostgreSQLResult {
        if let fault { throw fault.storageError }
        do throws(PostgreSQLFault) {
            let statement = try statement(sql)
            try statement.check(values)
            return try exchange { statement.send(values, on: $0) }
        } catch {
            fault = error
            throw error.storageError
        }
    }

    private func statement(_ sql: String) throws(PostgreSQLFault) -> PostgreSQLStatement {
        if let kept = statements[sql] { return kept }
        if statements.count >= Self.mostStatements {
            try command("DEALLOCATE ALL")
            statements = [:]
        }
        let name = "s\(statements.count)"
        _ = try exchange { PQsendPrepare($0, name, sql, 0, nil) }
        let described = try exchange { PQsendDescribePrepared($0, name) }
        let statement = PostgreSQLStatement(name: name, types: described.parameterTypes)
        statements[sql] = statement
        return statement
    }

    /// Sends, and reads the answer to its end. Of several results the first fault counts, or else the last.
    private func exchange(_ send: (OpaquePointer) -> Int32) throws(PostgreSQLFault) -> PostgreSQLResult {
        guard let handle, !isLost else { throw PostgreSQLFault("the connection is closed") }
        guard send(handle) == 1 else { throw lost(handle) }
        let end = ContinuousClock.now + patience
        var answer: PostgreSQLResult?
        while true {
            while PQisBusy(handle) == 1 {
                let left = end - .now
                guard left > .zero else {
                    isLost = true
                    throw PostgreSQLFault("the server did not answer in time")
                }
                guard !wait(left) || PQconsumeInput(handle) == 1 else {
                    let lost = lost(handle)
                    throw answer?.fault ?? lost
                }
            }
            guard let result = PQgetResult(handle).map(PostgreSQLResult.init) else { break }
            if answer?.fault == nil { answer = result }
            if answer?.isCopy == true { isLost = true }
            if isLost || PQstatus(handle) == CONNECTION_BAD { break }
        }
        if PQstatus(handle) == CONNECTION_BAD { isLost = true }
        guard let answer else { throw lost(handle) }
        if let fault = answer.fault { throw fault }
        return answer
    }

    private func lost(_ handle: OpaquePointer) -> PostgreSQLFault {
        isLost = true
        return PostgreSQLFault(PostgreSQLFault.line(String(cString: PQerrorMessage(handle))))
    }
}
