import Cryptography
import OAuth

/// Makes accounts of people who come from another system, some at a time.
///
/// Their passwords were chosen under other rules, and are taken as they are: a stricter rule locks nobody out.
package struct Resettlement: Sendable {
    private let store: any ArrivalStore
    private let hasher: PasswordHasher
    private let random: any RandomSource
    private let takesAdministrators: Bool
    private let bringsBack: Bool

    /// Without `takesAdministrators` the role of administrators is given to nobody: a file from elsewhere must not
    /// say who runs this server. Without `bringsBack` whoever was removed here for good stays away.
    package init(
        store: any ArrivalStore, hasher: PasswordHasher, random: any RandomSource, takesAdministrators: Bool = false,
        bringsBack: Bool = false
    ) {
        self.store = store
        self.hasher = hasher
        self.random = random
        self.takesAdministrators = takesAdministrators
        self.bringsBack = bringsBack
    }

    /// Before the first: notes by what everybody is known who came before that was noted.
    package func note() async throws {
        try await unnoted { try await store.note($0) }
    }

    /// The same without writing.
    package func foresight() async throws -> Foresight {
        var foresight = Foresight()
        try await unnoted { foresight.add($0) }
        return foresight
    }

    private func unnoted(_ body: ([NotedArrival]) async throws -> Void) async throws {
        var last: String?
        while true {
            let page = try await store.unnotedArrivals(after: last, limit: 500)
            guard let end = page.last else { return }
            try await body(page)
            last = end.accountID
        }
    }

    /// One outcome each, in order.
    package func settle(_ arrivals: [ArrivingPerson], at now: Instant) async throws -> [SettlingOutcome] {
        var settlers: [Settler] = []
        var costs: Set<String> = []
        for (arrival, hash) in zip(arrivals, try await hashes(of: arrivals)) {
            settlers.append(try settler(arrival, hash: hash.stored, at: now))
            if let cost = hash.cost { costs.insert(cost) }
        }
        return try await store.settle(settlers, costs: costs)
    }

    /// The same without doing it, of a file from its beginning to its end.
    package func foresee(
        _ arrivals: [ArrivingPerson], after foresight: inout Foresight, at now: Instant
    ) async throws -> [SettlingOutcome] {
        let settlers = try arrivals.map { try settler($0, hash: nil, at: now) }
        let stored = try await store.foresee(settlers)
        return zip(settlers, stored).map { foresight.outcome(of: $0, stored: $1) }
    }

    /// Whether this person would be an administrator, if that were taken over.
    package func dropsAdministrator(_ arrival: ArrivingPerson) -> Bool {
        !takesAdministrators && arrival.roles.contains { $0.name == Role.administrator.name }
    }

    private func settler(_ arrival: ArrivingPerson, hash: String?, at now: Instant) throws -> Settler {
        let roles = arrival.roles.filter { takesAdministrators || $0.name != Role.administrator.name }
        let account = Account(
            id: try arrival.subject ?? Identifier.make(from: random), email: arrival.email,
            isEmailVerified: arrival.isEmailVerified, profile: arrival.profile, roles: roles,
            status: arrival.isDisabled ? .disabled : .active, deletion: arrival.deletion, passwordHash: hash,
            createdAt: min(arrival.createdAt ?? now, now), updatedAt: now)
        return Settler(account, arrival.preferences, identities: arrival.identities, mayReturn: bringsBack)
    }

    /// What is too fast to be kept is slowed down, a few at a time: the line of the hasher is short.
    private func hashes(of arrivals: [ArrivingPerson]) async throws -> [(stored: String?, cost: String?)] {
        var hashes: [(stored: String?, cost: String?)] = []
        for start in stride(from: 0, to: arrivals.count, by: Self.atOnce) {
            let part = arrivals[start..<min(start + Self.atOnce, arrivals.count)]
            try await withThrowingTaskGroup(of: (Int, String?, String?).self) { group in
                for (index, arrival) in part.enumerated() {
                    group.addTask { [hasher] in
                        let hash = try await Self.hash(arrival.password, hasher)
                        return (index, hash.stored, hash.cost)
                    }
                }
                let made = try await group.reduce(into: []) { $0.append($1) }
                hashes += made.sorted { $0.0 < $1.0 }.map { ($0.1, $0.2) }
            }
        }
        return hashes
    }

    private static let atOnce = 16

    private static func hash(
        _ password: CarriedPassword, _ hasher: PasswordHasher
    ) async throws -> (stored: String?, cost: String?) {
        switch password {
        case .none: (nil, nil)
        case .own(let hash): (hash, nil)
        case .imported(let hash): (hash.stored, hash.blank)
        case .fast(let fast): (try await hasher.slowed(fast).stored, nil)
        }
    }
}
