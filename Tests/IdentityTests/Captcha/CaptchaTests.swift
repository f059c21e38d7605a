import Cryptography
import Identity
import JSON
import OAuth
import Synchronization
import Testing

@Suite("B025: when a captcha is asked, and what passes")
struct CaptchaTests {
    private let door: Door
    private let captcha: Captcha
    private let work: ProofOfWork
    private let tallies = Tallies()
    private let noon = Door.noon

    init() async throws {
        door = try await Door()
        let key: [UInt8] = Array(repeating: 3, count: 32)
        work = ProofOfWork(key: key, maximum: 100, random: SystemRandom())
        captcha = Captcha(
            judge: .proofOfWork(work), rules: CaptchaRules(), key: key, throttle: door.throttle, spent: door.store,
            accounts: door.store, browsers: door.store, audit: door.audit, tally: { [tallies] in tallies.add($1) })
    }

    private func check(
        _ response: String?, _ place: CaptchaPlace, mark: String? = nil, at now: Instant = Door.noon + 5
    ) async throws -> CaptchaOutcome {
        try await captcha.check(
            pageMark: mark ?? captcha.pageMark(for: place, at: noon), response: response, at: place, now)
    }

    private func solution(_ place: CaptchaPlace) throws -> String {
        Solver.payload(try work.puzzle(for: place, at: noon))
    }

    private static func refused(_ fault: CaptchaFault, retryAfter: Int64? = nil) -> CaptchaOutcome {
        .refused(CaptchaRefusal(fault, retryAfter: retryAfter))
    }

    @Test("Sign-up, recovery and links ask always; sign-in after three failures of browser, network or address")
    func asking() async throws {
        for form in [CaptchaForm.signUp, .recovery, .magicLink] {
            #expect(try await captcha.isAsked(at: .at(form), noon))
        }
        let places: [CaptchaPlace] = [
            .at(.signIn, browser: 1, from: "192.0.2.1", email: "c@example.org"),
            .at(.signIn, browser: 2, from: "203.0.113.7", email: "d@example.org"),
            .at(.signIn, browser: 3, from: "198.51.100.1", email: "Ann@Example.org"),
        ]
        let failed = CaptchaPlace.at(.signIn, email: "ann@example.org")
        for _ in 0..<3 {
            for place in places + [failed] { #expect(try await !captcha.isAsked(at: place, noon)) }
            try await captcha.noteFailure(at: failed, noon)
        }
        for place in places + [failed] { #expect(try await captcha.isAsked(at: place, noon)) }
        let stranger = CaptchaPlace.at(.signIn, browser: 9, from: "192.0.2.9", email: "zoe@example.org")
        #expect(try await !captcha.isAsked(at: stranger, noon))
        for place in places { #expect(try await !captcha.isAsked(at: place, noon + 900)) }
    }

    @Test("A success forgets the failures of its browser, and neither the network's nor the address's (PW8)")
    func success() async throws {
        let place = CaptchaPlace.at(.signIn, email: "ann@example.org")
        for _ in 0..<3 { try await captcha.noteFailure(at: place, noon) }
        try await captcha.noteSuccess(at: place)
        #expect(try await !captcha.isAsked(at: .at(.signIn, from: "192.0.2.1"), noon))
        #expect(try await captcha.isAsked(at: .at(.signIn, browser: 2), noon))
        #expect(
            try await captcha.isAsked(at: .at(.signIn, browser: 2, from: "192.0.2.1", email: "ann@example.org"), noon))
    }

    @Test("What strangers do to an address elsewhere is no reason to ask where its owner has signed in before (PW9)")
    func atHome() async throws {
        let ann = try await door.person()
        try await door.store.remember(browser: Door.browser(5), of: ann.id, at: noon)
        for email in ["ann@example.org", "nobody@example.org"] {
            for number in 1...3 {
                let thief = CaptchaPlace.at(.signIn, browser: 8, from: "10.0.\(number).1", email: email)
                try await captcha.noteFailure(at: thief, noon)
            }
        }
        let home = CaptchaPlace.at(.signIn, browser: 5, from: "192.0.2.1", email: "ann@example.org")
        #expect(try await !captcha.isAsked(at: home, noon))
        for email in ["ann@example.org", "nobody@example.org"] {
            let visitor = CaptchaPlace.at(.signIn, browser: 6, from: "192.0.2.1", email: email)
            #expect(try await captcha.isAsked(at: visitor, noon))
        }
        #expect(try await captcha.isAsked(at: .at(.signIn, browser: 5, email: "nobody@example.org"), noon))
        for _ in 1...3 { try await captcha.noteFailure(at: home, noon) }
        #expect(try await captcha.isAsked(at: home, noon))
    }

    @Test("A solution passes once (IN3); each refusal is told to the audit log with its form and reason (CF2)")
    func once() async throws {
        let here = CaptchaPlace.at(.signUp)
        let payload = try solution(here)
        #expect(try await check(payload, here) == .passed)
        #expect(try await check(payload, here) == Self.refused(.spent))
        #expect(try await check("x", here) == Self.refused(.malformed))
        #expect(try await check(solution(.at(.recovery)), here) == Self.refused(.notGenuine))
        let events = door.audit.events.filter { $0.kind == .captchaRefused }
        #expect(events.map { $0.details["reason"] } == ["spent", "malformed", "not_genuine"])
        #expect(events.allSatisfy { $0.details["form"] == "sign_up" && $0.outcome == .refused })
        #expect(tallies.all == [.passed, .refused, .refused, .refused])
    }

    @Test("Of many who send one solution at once, one passes (IN3)")
    func race() async throws {
        let here = CaptchaPlace.at(.recovery)
        let payload = try solution(here)
        let passed = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { try await check(payload, here) == .passed } }
            return try await group.reduce(0) { $1 ? $0 + 1 : $0 }
        }
        #expect(passed == 1)
    }

    @Test("Puzzles that nobody solves leave nothing in the database")
    func unsolved() async throws {
        for number in 0..<200 { _ = try work.puzzle(for: .at(.signUp, browser: UInt8(number)), at: noon) }
        #expect(try await door.store.sweep(at: noon + 10 * 86_400, limit: 1000) == 0)
        #expect(try await check(solution(.at(.signUp)), .at(.signUp)) == .passed)
        #expect(try await door.store.sweep(at: noon + 10 * 86_400, limit: 1000) == 1)
    }

    @Test("Without a script five pass from a network in a quarter of an hour; then the wait is told (IN9)")
    func withoutScript() async throws {
        let here = CaptchaPlace.at(.signUp)
        for _ in 0..<5 { #expect(try await check(nil, here) == .passed) }
        #expect(try await check(nil, here, at: noon + 10) == Self.refused(.withoutScript, retryAfter: 895))
        #expect(try await check(nil, .at(.signUp, browser: 2, from: "203.0.113.99")) != .passed)
        #expect(try await check(solution(here), here) == .passed)
        #expect(try await check(nil, .at(.recovery)) == .passed)
        #expect(try await check(nil, .at(.signUp, from: "192.0.2.1")) == .passed)
        #expect(try await check(nil, here, at: noon + 905) == .passed)
        #expect(tallies.all.count { $0 == .withoutScript } == 8)
    }

    @Test("And sixty an hour from all networks, whatever a robot owns; a full network takes nothing of that (IN9)")
    func withoutScriptFromEverywhere() async throws {
        for _ in 0..<100 { _ = try await check(nil, .at(.signUp)) }
        var passed = 0
        for number in 1...90 where try await check(nil, .at(.signUp, from: "10.1.\(number).1")) == .passed {
            passed += 1
        }
        #expect(passed == 55)
        #expect(try await check(nil, .at(.recovery, from: "10.2.1.1")) == .passed)
    }

    @Test("A solution that comes too late goes the way without a script, and then needs a newer page, not a wait")
    func late() async throws {
        let here = CaptchaPlace.at(.signUp)
        let payload = try solution(here)
        for _ in 0..<5 { #expect(try await check(payload, here, at: noon + 601) == .passed) }
        #expect(try await check(payload, here, at: noon + 601) == Self.refused(.expired))
        #expect(try await check(nil, here, at: noon + 601) == Self.refused(.withoutScript, retryAfter: 900))
        #expect(try await check(solution(here), here) == .passed)
        #expect(try await check("forged", .at(.recovery)) == Self.refused(.malformed))
    }

    @Test("Sign-up answered within a second is refused, the other forms are not (IN9)")
    func timing() async throws {
        for seconds in [-5, 0, 1] as [Int64] {
            let outcome = try await check(solution(.at(.signUp)), .at(.signUp), at: noon + seconds)
            #expect(outcome == Self.refused(.tooFast))
        }
        #expect(try await check(solution(.at(.signUp)), .at(.signUp), at: noon + 2) == .passed)
        #expect(try await check(solution(.at(.recovery)), .at(.recovery), at: noon) == .passed)
    }

    @Test("A form whose page did not ask, or was made elsewhere, is refused and costs no lane")
    func marks() async throws {
        let here = CaptchaPlace.at(.recovery)
        let good = captcha.pageMark(for: here, at: noon)
        let marks: [String] = [
            "", ".", "1800000000", "1800000000.", "x.y", "9223372036854775808.x", "-1." + good, "+" + good, good + "0",
            String(repeating: "9", count: 5000), good.replacing("1800000000", with: "1700000000"),
            captcha.pageMark(for: .at(.signUp), at: noon), captcha.pageMark(for: .at(.recovery, browser: 2), at: noon),
        ]
        for mark in marks {
            #expect(try await check(nil, here, mark: mark) == Self.refused(.notShown), "\(mark.prefix(30))")
            #expect(try await check(solution(here), here, mark: mark) == Self.refused(.notShown))
        }
        #expect(try await captcha.check(pageMark: nil, response: nil, at: here, noon) == Self.refused(.notShown))
        for _ in 0..<5 { #expect(try await check(nil, here) == .passed) }
    }

    @Test("Switched off, all of it or one form, nothing is asked and nothing counted")
    func off() async throws {
        var rules = CaptchaRules()
        (rules.signUp, rules.recovery, rules.magicLink) = (false, false, false)
        let none = Captcha(
            judge: .nobody, rules: CaptchaRules(), key: [], throttle: door.throttle, spent: door.store,
            accounts: door.store, browsers: door.store, audit: door.audit)
        let few = Captcha(
            judge: .proofOfWork(work), rules: rules, key: [], throttle: door.throttle, spent: door.store,
            accounts: door.store, browsers: door.store, audit: door.audit)
        for form in CaptchaForm.allCases {
            for captcha in [none, few] {
                let outcome = try await captcha.check(pageMark: nil, response: "x", at: .at(form), noon)
                #expect(outcome == .passed)
            }
        }
        for _ in 0..<5 { try await none.noteFailure(at: .at(.signIn), noon) }
        #expect(try await !captcha.isAsked(at: .at(.signIn), noon))
        rules.signInAfter = 0
        let always = Captcha(
            judge: .proofOfWork(work), rules: rules, key: [], throttle: door.throttle, spent: door.store,
            accounts: door.store, browsers: door.store, audit: door.audit)
        #expect(try await always.isAsked(at: .at(.signIn), noon))
    }
}

final class Tallies: Sendable {
    private let kept = Mutex<[Captcha.Tally]>([])
    var all: [Captcha.Tally] { kept.withLock { $0 } }
    func add(_ tally: Captcha.Tally) { kept.withLock { $0.append(tally) } }
}
