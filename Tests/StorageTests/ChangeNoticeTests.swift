import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite("Word of changes")
struct ChangeNoticeTests {
    @Test("A change is told once it is committed, and not when it was refused", arguments: StoreKind.allCases)
    func told(kind: StoreKind) async throws {
        try await kind.withStore { store in
            var changes = store.database.changes().makeAsyncIterator()
            if kind == .postgresql { #expect(await changes.next() == .anything) }
            await #expect(throws: Refusal.self) {
                try await store.database.write { connection in
                    try connection.announce("refused")
                    throw Refusal()
                }
            }
            try await store.database.write { try $0.announce("clients") }
            try await store.database.write { try $0.announce("it's \"keys\"") }
            #expect(await changes.next() == .topic("clients"))
            #expect(await changes.next() == .topic("it's \"keys\""))
        }
    }

    @Test("What nobody listens to is lost without harm, and closing ends the stream", arguments: StoreKind.allCases)
    func closing(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.database.write { try $0.announce("nobody hears") }
            // The word of a write goes round just after it; by the end of the next one it has.
            try await store.database.write { _ in }
            var changes = store.database.changes().makeAsyncIterator()
            await store.close()
            while let change = await changes.next() { #expect(change == .anything) }
            var late = store.database.changes().makeAsyncIterator()
            #expect(await late.next() == nil)
        }
    }

    @Test("A process hears what another one announces; after a lost connection everything may have changed")
    func betweenProcesses() async throws {
        try await PostgreSQLScratch.with { scratch in
            let (here, there) = (try scratch.open(), try scratch.open())
            var changes = here.changes().makeAsyncIterator()
            #expect(await changes.next() == .anything)
            try await there.write { try $0.announce("clients") }
            #expect(await changes.next() == .topic("clients"))
            try await scratch.terminate(where: "query LIKE 'LISTEN%'")
            #expect(await changes.next() == .anything)
            try await there.write { try $0.announce("keys") }
            #expect(await changes.next() == .topic("keys"))
            await here.close()
            await there.close()
        }
    }

    @Test("A listener that does not keep up hears that it may have missed something")
    func slow() async {
        let listeners = ChangeListeners()
        let stream = listeners.stream()
        for number in 0..<1000 { listeners.tell(.topic("\(number)")) }
        listeners.close()
        var heard: [Change] = []
        for await change in stream { heard.append(change) }
        #expect(heard.count <= 64 && heard.contains(.anything))
    }
}
