import Cryptography
import OAuth
import Testing

@Suite("When keys are published, sign and retire (JW8, OP5)")
struct KeyScheduleTests {
    static let day: Int64 = 86_400
    private let schedule = KeySchedule()

    private func key(_ generation: Int64, signsFrom: Instant, _ algorithm: SignatureAlgorithm = .es256)
        -> StoredSigningKey
    {
        StoredSigningKey(
            keyID: "\(algorithm.rawValue) \(generation)", algorithm: algorithm, generation: generation,
            sealedPrivateKey: [], createdAt: signsFrom, signsFrom: signsFrom)
    }

    @Test("JW8: the lead is longer than clients may cache the key set")
    func lead() {
        #expect(schedule.lead >= schedule.cacheTime)
        #expect(schedule.rotation > schedule.lead)
    }

    @Test("The first key signs at once, every later one after the lead, each algorithm by itself")
    func signsFrom() {
        let noon = Provider.noon
        #expect(schedule.signsFrom(.es256, in: [], at: noon) == noon)
        #expect(schedule.signsFrom(.es256, in: [key(1, signsFrom: noon, .rs256)], at: noon) == noon)
        #expect(schedule.signsFrom(.es256, in: [key(1, signsFrom: noon)], at: noon) == noon + Self.day)
    }

    @Test("JW8: a successor is due one lead before the rotation is over, and only one")
    func due() {
        let noon = Provider.noon
        let first = key(1, signsFrom: noon)
        #expect(schedule.isSuccessorDue(.es256, in: [], at: noon))
        #expect(schedule.isSuccessorDue(.rs256, in: [first], at: noon))
        #expect(!schedule.isSuccessorDue(.es256, in: [first], at: noon))
        #expect(!schedule.isSuccessorDue(.es256, in: [first], at: noon + (89 * Self.day - 1)))
        #expect(schedule.isSuccessorDue(.es256, in: [first], at: noon + 89 * Self.day))
        let waiting = key(2, signsFrom: noon + 90 * Self.day)
        #expect(!schedule.isSuccessorDue(.es256, in: [first, waiting], at: noon + 89 * Self.day))
        #expect(!schedule.isSuccessorDue(.es256, in: [waiting, first], at: noon + 178 * Self.day))
        #expect(schedule.isSuccessorDue(.es256, in: [waiting, first], at: noon + 179 * Self.day))
    }

    @Test("JW8: a key signs from its time on until its successor's, to the second")
    func current() {
        let noon = Provider.noon
        let keys = [key(2, signsFrom: noon + 100), key(1, signsFrom: noon), key(9, signsFrom: noon, .rs256)]
        let expected: [(Int64, Int64?)] = [(0, 1), (99, 1), (100, 2), (1_000_000, 2)]
        for (age, generation) in expected {
            #expect(schedule.current(.es256, in: keys, at: noon + age)?.generation == generation)
        }
        #expect(schedule.current(.edDSA, in: keys, at: noon) == nil)
    }

    @Test("A clock set back before the first key's time leaves the house a key to sign with")
    func setBack() {
        let noon = Provider.noon
        let keys = [key(2, signsFrom: noon + 100), key(1, signsFrom: noon)]
        #expect(schedule.current(.es256, in: keys, at: noon + -1)?.generation == 1)
    }

    @Test("A key that took over in a hurry is not displaced by the one that was waiting")
    func hurry() {
        let noon = Provider.noon
        let keys = [key(1, signsFrom: noon), key(2, signsFrom: noon + 100), key(3, signsFrom: noon + 50)]
        #expect(schedule.current(.es256, in: keys, at: noon + 50)?.generation == 3)
        #expect(schedule.current(.es256, in: keys, at: noon + 100)?.generation == 3)
    }

    @Test("The end of time traps nothing")
    func extremes() {
        let last = key(1, signsFrom: Instant(seconds: .max))
        #expect(!schedule.isSuccessorDue(.es256, in: [last], at: Provider.noon))
        #expect(schedule.signsFrom(.es256, in: [last], at: Instant(seconds: .max)).seconds == .max)
    }
}
