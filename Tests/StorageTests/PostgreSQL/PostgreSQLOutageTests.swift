import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite("When the PostgreSQL server is away")
struct PostgreSQLOutageTests {
    @Test("OP1: a server that stops makes all unavailable; when it is back all works, and what was answered is there")
    func stopAndStart() async throws {
        let server = try await PostgreSQLServer.make()
        try await PostgreSQLScratch.with(server) { scratch in
            let database = try scratch.open()
            try await database.set("before", to: 1)
            try await server.order("stop")
            for _ in 1...30 {
                let (write, read) = (
                    await fault { try await database.set("during", to: 1) },
                    await fault { _ = try await database.count("before") }
                )
                #expect(write.kind == "unavailable" && read.kind == "unavailable")
                #expect(write.text.contains(scratch.name) && write.text.contains("database_url"))
            }
            #expect(await fault { try await database.ping() }.kind == "unavailable")
            try await server.order("start")
            try await back { try await database.ping() }
            #expect(try await database.count("before") == .integer(1))
            try await database.set("after", to: 1)
            #expect(try await scratch.run("SELECT name FROM counts ORDER BY name") == ["after", "before"])
            await database.close()
        }
    }

    @Test("A server that has frozen is noticed, and nobody waits for it for ever")
    func frozen() async throws {
        let server = try await PostgreSQLServer.make()
        try await PostgreSQLScratch.with(server) { scratch in
            let database = try scratch.open(connections: 2)
            try await database.ping()
            try await server.order("freeze")
            let start = ContinuousClock.now
            let ping = await fault { try await database.ping() }
            // The limit is 4.5 s; a busy machine may be late to say so.
            #expect(ping.kind == "unavailable" && start.duration(to: .now) < .seconds(60))
            let seen = await fault { try await database.set("during", to: 1) }
            #expect(seen.kind == "unavailable" && start.duration(to: .now) < .seconds(120))
            try await server.order("thaw")
            try await back { try await database.ping() }
            await database.close()
        }
    }

    @Test("Of many that call while the server is away few knock at its door")
    func noThunder() async throws {
        let server = try await PostgreSQLServer.make()
        try await PostgreSQLScratch.with(server) { scratch in
            let database = try scratch.open()
            try await database.ping()
            try await server.run("ALTER DATABASE \(scratch.name) ALLOW_CONNECTIONS false")
            try await scratch.terminate()
            let start = ContinuousClock.now
            let refused = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<2000 {
                    group.addTask { await fault { _ = try await database.count("a") }.kind == "unavailable" }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(refused == 2000)
            let log = try String(contentsOfFile: server.folder + "/server.log", encoding: .utf8)
            let knocks = log.components(separatedBy: "is not currently accepting connections").count - 1
            // Four may knock before the first has been refused, then one after each pause.
            let most = 4 + Int(start.duration(to: .now) / .milliseconds(25)) + 1
            #expect((1...most).contains(knocks) && knocks < 200)
            try await server.run("ALTER DATABASE \(scratch.name) ALLOW_CONNECTIONS true")
            try await back { try await database.ping() }
            await database.close()
        }
    }

    @Test(
        "CF3: what cannot be reached is named with what to look at, and never the password",
        arguments: ["wrong password", "unknown role", "unknown database", "unknown host", "nobody listens"])
    func unreachable(why: String) async throws {
        try await PostgreSQLScratch.with { scratch in
            let (name, folder) = (scratch.name, scratch.server.folder)
            if why == "wrong password" { try await scratch.run("CREATE ROLE locked LOGIN PASSWORD 'another'") }
            let (address, place) =
                switch why {
                case "wrong password": ("postgres://locked:hunter2@/\(name)?host=\(folder)", name)
                case "unknown role": ("postgres://nobody:hunter2@/\(name)?host=\(folder)", name)
                case "unknown database": ("postgres://postgres:hunter2@/nothing?host=\(folder)", "nothing")
                case "unknown host": ("postgres://postgres:hunter2@nowhere.invalid/\(name)", "nowhere.invalid")
                default: ("postgres://postgres:hunter2@127.0.0.1:\(try freePort())/\(name)", "127.0.0.1")
                }
            let seen = await fault {
                _ = try await Store.open(postgreSQL: PostgreSQLAddress(address, environment: [:]))
            }
            #expect(seen.kind == "unavailable" && seen.text.contains(place), "\(seen)")
            #expect(seen.text.contains("database_url") && !seen.text.contains("hunter2"))
            #expect(!seen.text.contains("\n"))
        }
    }

    /// Asks until it works; the engine pauses between its own attempts.
    private func back(_ attempt: () async throws -> Void) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while true {
            do {
                return try await attempt()
            } catch {
                guard .now < end else { throw error }
                await Task.yield()
            }
        }
    }
}

/// A port of loopback on which nobody listens.
func freePort() throws -> Int {
    let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { address in
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
        }
    }
    guard isBound else { throw Refusal() }
    return Int(UInt16(bigEndian: address.sin_port))
}
