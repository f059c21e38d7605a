import Cryptography
import Identity
import OAuth
import Testing

@Suite("CR3: letters in the outbox")
struct PostboxTests {
    private let now = Instant(seconds: 1_800_000_000)
    private let postbox: Postbox

    init() throws {
        postbox = try Postbox(key: Array(0..<32), random: SystemRandom())
    }

    private func letter(_ to: String = "Ann@example.org") throws -> Letter {
        Letter(
            .recovery, to: try #require(EmailAddress(to)), about: "ann", name: "Ann \"Ä\" Lee\n",
            path: "/recovery/mlk_secret", secondPath: "/stop", code: "ABCD2345",
            facts: [(.device, "Firefox on Linux"), (.time, "1800000000")], expiresAt: now + 600)
    }

    @Test("A letter comes out as it went in")
    func roundTrip() throws {
        let letter = try letter()
        let opened = postbox.open(try postbox.seal(letter, at: now))
        #expect(opened == letter)
        let bare = Letter(.welcome, to: letter.to, expiresAt: now)
        let openedBare = postbox.open(try postbox.seal(bare, at: now))
        #expect(openedBare == bare)
    }

    @Test("Nobody reads from the row who it is for, or what it carries")
    func sealed() throws {
        let sealed = try postbox.seal(try letter(), at: now)
        let text = String(decoding: sealed.sealed, as: UTF8.self)
        for word in ["Ann", "example", "mlk_", "ABCD", "Firefox"] { #expect(!text.contains(word)) }
    }

    @Test("One put into another row, changed, cut short, or sealed with another key does not open")
    func refusals() throws {
        let sealed = try postbox.seal(try letter(), at: now)
        let other = try postbox.seal(try letter("bob@example.org"), at: now)
        func row(_ id: String, _ bytes: [UInt8]) -> SealedLetter {
            SealedLetter(
                id: id, kind: .recovery, accountID: "ann", sealed: bytes, createdAt: now, expiresAt: now,
                isBlank: false)
        }
        #expect(postbox.open(row(sealed.id, other.sealed)) == nil)
        #expect(postbox.open(row(sealed.id, Array(sealed.sealed.dropLast()))) == nil)
        #expect(postbox.open(row(sealed.id, [])) == nil)
        #expect(postbox.open(row(sealed.id, sealed.sealed.map { $0 ^ 1 })) == nil)
        let stranger = try Postbox(key: Array(1..<33), random: SystemRandom())
        #expect(stranger.open(sealed) == nil)
    }

    @Test("PW10: a blank letter is as long as a real one and opens like one, and only its mark tells it apart")
    func blank() throws {
        let blank = try postbox.blank(try letter(), at: now)
        let real = try postbox.seal(try letter(), at: now)
        #expect(blank.sealed.count == real.sealed.count)
        #expect(blank.isBlank && !real.isBlank)
        let (openedBlank, openedReal) = (postbox.open(blank), postbox.open(real))
        #expect(openedBlank == openedReal && openedReal != nil)
    }

    @Test("PW10: how long a letter lies before it may be sent is left to chance, blank or not, and never long")
    func pause() throws {
        var counts: [Bool: [Int64: Int]] = [:]
        for number in 0..<400 {
            let isBlank = number.isMultiple(of: 2)
            let letter = try letter()
            let sealed = try isBlank ? postbox.blank(letter, at: now) : postbox.seal(letter, at: now)
            counts[isBlank, default: [:]][sealed.pause, default: 0] += 1
        }
        for isBlank in [true, false] {
            let found = try #require(counts[isBlank])
            #expect(Set(found.keys) == Set(1...Postbox.longestPause))
            // One in ten thousand million runs is further from the half.
            #expect(found.values.allSatisfy { (50...150).contains($0) }, "\(found)")
        }
    }
}
