import CPostgreSQL
import Foundation
import Synchronization

/// A throw-away PostgreSQL server, `Tests/postgresql.sh`, which ends with this process.
package final class PostgreSQLServer: Sendable {
    package let folder: String
    package let port: Int
    private let orders: Int32
    private let answers: Mutex<Int32>
    private let count = Atomic(0)
    /// Databases at a time: more than a test holds, fewer than there are connections for.
    private let places = Turnstile(places: 40)

    /// One for all tests of this process, started for the first that asks.
    package static func shared() async throws -> PostgreSQLServer { try await started.value }

    private static let started = Task { try await make() }

    /// Calls that block are kept off the threads that all tests share.
    package static func make(port: Int? = nil) async throws -> PostgreSQLServer {
        try await apart { try PostgreSQLServer(port: port) }
    }

    private static func apart<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { caller in
            DispatchQueue.global().async { caller.resume(with: Result { try work() }) }
        }
    }

    /// - Parameter port: on 127.0.0.1, with TLS; without it there is the socket alone.
    private init(port: Int? = nil) throws {
        var (input, output): ([Int32], [Int32]) = ([0, 0], [0, 0])
        guard pipe(&input) == 0, pipe(&output) == 0 else { throw Fault("no pipe") }
        // Another program started by a test must not keep the server's input open.
        for end in input + output { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        orders = input[1]
        answers = Mutex(output[0])
        self.port = port ?? 5432
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "postgresql.sh").path()
        try Self.start(["/bin/sh", script] + (port.map { ["\($0)"] } ?? []), input: input[0], output: output[1])
        Foundation.close(input[0])
        Foundation.close(output[1])
        let answer = Self.line(from: output[0])
        guard answer.hasPrefix("ready ") else { throw Fault(answer) }
        folder = String(answer.dropFirst("ready ".count))
    }

    deinit {
        Foundation.close(orders)
        _ = answers.withLock { Foundation.close($0) }
    }

    /// `stop`, `start`, `freeze` or `thaw`; returns when it is done.
    package func order(_ word: String) async throws {
        try await Self.apart {
            try self.answers.withLock { answers in
                let text = word + "\n"
                guard Foundation.write(self.orders, text, text.utf8.count) == text.utf8.count else {
                    throw Fault("gone")
                }
                let answer = Self.line(from: answers)
                guard answer == word else { throw Fault(answer) }
            }
        }
    }

    /// An address of a database, by the socket.
    package func address(of database: String, role: String = "postgres") -> String {
        "postgres://\(role)@/\(database)?host=\(folder)&port=\(port)"
    }

    /// A new database, and its name; waits while there are many.
    package func makeDatabase(template: String = "template0") async throws -> String {
        let name = "test\(count.add(1, ordering: .relaxed).newValue)"
        await places.enter()
        do {
            _ = try await run("CREATE DATABASE \(name) TEMPLATE \(template)")
            // The first connection fills the server's caches of it, for seconds on a machine that is very busy: longer than
            // a store would wait.
            _ = try await run("SELECT 1", in: name)
        } catch {
            places.leave()
            throw error
        }
        return name
    }

    package func dropDatabase(_ name: String) async throws {
        defer { places.leave() }
        _ = try await run("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
    }

    /// Runs SQL as the owner of everything; gives the values of all rows as text.
    @discardableResult
    package func run(_ sql: String, in database: String = "postgres") async throws -> [String] {
        try await Self.apart { try self.ask(sql, in: database) }
    }

    private func ask(_ sql: String, in database: String) throws -> [String] {
        let connection = PQconnectdb(address(of: database))
        defer { PQfinish(connection) }
        PQsetNoticeReceiver(connection, { _, _ in }, nil)
        let result = PQexec(connection, sql)
        defer { PQclear(result) }
        guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(result)) else {
            throw Fault("\(sql): " + String(cString: PQerrorMessage(connection)))
        }
        return (0..<PQntuples(result)).flatMap { row in
            (0..<PQnfields(result)).compactMap { PQgetvalue(result, row, $0).map { String(cString: $0) } }
        }
    }

    /// Without Foundation's `Process`, which many tests at once have brought down.
    private static func start(_ words: [String], input: Int32, output: Int32) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        let arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        guard posix_spawn(&process, words[0], &actions, nil, arguments, environ) == 0 else {
            throw Fault("\(words[0]) cannot be started")
        }
    }

    private static func line(from file: Int32) -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while Foundation.read(file, &byte, 1) == 1, byte != UInt8(ascii: "\n") { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    package struct Fault: Error, CustomStringConvertible {
        package let description: String
        init(_ description: String) { self.description = description }
    }
}

extension PostgreSQLServer {
    /// Every value of every table, bytes as they are.
    package func dump(_ database: String) async throws -> Data {
        let tables = try await run(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'", in: database)
        var dump = Data()
        for table in tables {
            for value in try await run("SELECT \(table)::text FROM \(table)", in: database) {
                dump += Data(value.utf8) + Self.bytes(value)
            }
        }
        return dump
    }

    /// What stands in a row as `\\x…` in hexadecimal, one after another.
    private static func bytes(_ text: String) -> Data {
        text.matches(of: /\\x([0-9a-f]+)/).reduce(into: Data()) { data, match in
            var digits = match.1
            while digits.count >= 2 {
                if let byte = UInt8(digits.prefix(2), radix: 16) { data.append(byte) }
                digits = digits.dropFirst(2)
            }
        }
    }
}
