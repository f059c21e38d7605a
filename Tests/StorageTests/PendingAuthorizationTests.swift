import Identity
import OAuth
import Storage
import TestSupport
import Testing

@Suite("StoreContract: authorization requests")
struct PendingAuthorizationTests {
    @Test(
        "AZ21: a request comes back as it was received, with the browser it is bound to", arguments: StoreKind.allCases)
    func roundTrip(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let request = try pending("p")
            try await store.keep(request)
            #expect(try await store.pending(request.handle, at: start) == request)
            #expect(try await store.pending(digest("q"), at: start) == nil)
            #expect(try await store.pending(request.handle, at: start + (hour - 1)) != nil)
            #expect(try await store.pending(request.handle, at: start + hour) == nil)
        }
    }

    @Test("Facts are written one by one, and only on a request that waits", arguments: StoreKind.allCases)
    func facts(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let request = try pending("p")
            try await store.keep(request)
            let scopes: ScopeSet = ["openid", "email"]
            let facts: [PendingAuthorization.Fact] = [
                .signedIn(session: "s1"), .chose(subject: "id-ann"), .consented(scopes, subject: "id-ann"),
            ]
            for fact in facts {
                #expect(try await !store.record(fact, on: digest("q"), at: start))
                #expect(try await !store.record(fact, on: request.handle, at: start + hour))
                #expect(try await store.pending(request.handle, at: start)?.facts != nil)
                #expect(try await store.record(fact, on: request.handle, at: start))
            }
            let written = try await store.pending(request.handle, at: start)?.facts
            #expect(written?.signedInSession == "s1")
            #expect(written?.chosenSubject == "id-ann")
            #expect(written?.consentedScopes == scopes)
            #expect(written?.consentedSubject == "id-ann")
        }
    }

    @Test("IN3: of 200 simultaneous endings of a request one gets a code", arguments: StoreKind.allCases)
    func race(kind: StoreKind) async throws {
        try await kind.withTwoStores { first, second in
            let session = try await first.signIn("ann")
            let request = try pending("p")
            try await first.keep(request)
            let count = try await winners { number in
                let authorization = code("c\(number)", of: grant("g\(number)", from: session))
                return try await (number % 2 == 0 ? first : second)
                    .finish(request.handle, with: authorization, at: start)
            }
            #expect(count == 1)
            #expect(try await winners { try await first.code(digest("c\($0)")) != nil } == 1)
            #expect(try await winners { try await second.grant("g\($0)") != nil } == 1)
            #expect(try await first.pending(request.handle, at: start) == nil)
        }
    }

    enum Obstacle: CaseIterable, Sendable {
        case handleUnknown, handleExpired, handleFinished, handleAbandoned
        case sessionUnknown, sessionEnded, sessionIdle, sessionExpired, sessionOfAnother, disabled
    }

    @Test(
        "AZ21, SE5, SE6: no code without the request and the session it rests on, and nothing is written",
        arguments: StoreKind.allCases, Obstacle.allCases)
    func refusals(kind: StoreKind, obstacle: Obstacle) async throws {
        try await kind.withStore { store in
            try await store.signIn("bob", session: "s2")
            #expect(try await store.create(account("ann")))
            let end = obstacle == .sessionExpired ? hour / 2 : day
            var used = session("s1", until: end)
            try await store.open(used, replacing: nil, for: nil, at: start)
            let request = try pending("p")
            try await store.keep(request)
            var handle = request.handle
            var now = start
            switch obstacle {
            case .handleUnknown: handle = digest("q")
            case .handleExpired:
                now = start + hour
                try await store.touch(used.secret, idleUntil: start + 2 * hour, at: start)
            case .handleFinished:
                #expect(try await store.finish(handle, with: code("c0", of: grant("g0", from: used)), at: now))
            case .handleAbandoned: #expect(try await store.abandon(handle))
            case .sessionUnknown: used = session("s3")
            case .sessionEnded: #expect(try await store.end(sessionID: "s1", of: "id-ann", at: now))
            case .sessionIdle:
                now = start + 10
                try await store.touch(used.secret, idleUntil: now, at: start)
            case .sessionExpired: now = start + hour / 2
            case .sessionOfAnother: used = session("s2")
            case .disabled: #expect(try await store.setStatus(.disabled, of: "id-ann", at: now))
            }
            let waiting = try await store.pending(handle, at: start)
            let authorization = code("c", of: grant("g", from: used))
            #expect(try await !store.finish(handle, with: authorization, at: now))
            #expect(try await store.code(authorization.digest) == nil)
            #expect(try await store.grant("g") == nil)
            #expect(try await store.pending(handle, at: start) == waiting)
        }
    }

    @Test("Without a kept request the session alone must stand", arguments: StoreKind.allCases)
    func unkept(kind: StoreKind) async throws {
        try await kind.withStore { store in
            let session = try await store.signIn("ann")
            #expect(try await store.finish(nil, with: code("c", of: grant("g", from: session)), at: start))
            #expect(try await store.end(sessionID: "s1", of: "id-ann", at: start))
            #expect(try await !store.finish(nil, with: code("d", of: grant("h", from: session)), at: start))
        }
    }

    @Test("A request is abandoned once", arguments: StoreKind.allCases)
    func abandon(kind: StoreKind) async throws {
        try await kind.withStore { store in
            try await store.keep(try pending("p"))
            #expect(try await winners { _ in try await store.abandon(digest("p")) } == 1)
            #expect(try await store.pending(digest("p"), at: start) == nil)
        }
    }
}
