import ArgumentParser
import Cryptography
import Foundation
import OAuth

/// `martlet key`: the keys that tokens are signed with.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "See and rotate the signing keys.",
        subcommands: [ListKeysCommand.self, RotateKeysCommand.self])
}

/// `martlet key list`.
struct ListKeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show every key that is published: the next, the signing, the retired.")

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let keys = try await keys(settings)
        guard !keys.isEmpty else {
            try Answer.tell("There are no signing keys yet: martlet serve makes them at its first start.")
            return
        }
        try Answer.tell(
            KeyTable(keys, schedule: settings.keySchedule, at: SystemClock().now).text(Terminal.standardOutput))
    }

    /// Looking makes no database.
    private func keys(_ settings: Settings) async throws -> [StoredSigningKey] {
        guard !settings.databaseLocation.isStillToBeMade else { return [] }
        let store = try await OpenHouse.openStore(settings)
        let keys = try await store.signingKeys()
        await store.close()
        return keys
    }
}

/// `martlet key rotate`.
struct RotateKeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Publish a new key for each algorithm, or for one.",
        discussion: """
            A new key is published at once and signs when clients have had time to fetch it (signing.lead). \
            Every server that runs knows it within a second.
            """)

    @Option(name: .long, help: "RS256, PS256, ES256 or EdDSA; without it, all that are on.")
    var algorithm: SignatureAlgorithm?

    @Flag(
        name: .long,
        help: "Let it sign in two seconds, when every server knows it: for a key that somebody else may have.")
    var now = false

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let algorithms = algorithm.map { [$0] } ?? settings.signing.algorithms
        guard algorithms.allSatisfy(settings.signing.algorithms.contains) else {
            throw CommandRefusal("\(algorithms[0].rawValue) is not among signing.algorithms; add it there first")
        }
        let house = try await OpenHouse.open(settings, logger: settings.commandLogger)
        var answer = RunningAnswer()
        do {
            for algorithm in algorithms { answer.tell(try await rotate(algorithm, in: house)) }
        } catch {
            await house.close()
            throw error
        }
        await house.close()
        try answer.finish()
    }

    /// A key that waits for its turn need not be followed by another.
    private func rotate(_ algorithm: SignatureAlgorithm, in house: OpenHouse) async throws -> String {
        let time = house.clock.now
        let waiting = try await house.store.signingKeys().first { $0.algorithm == algorithm && $0.signsFrom > time }
        if !now, let waiting {
            return "\(algorithm.rawValue): \(waiting.keyID) is published already and signs from \(waiting.signsFrom)."
        }
        guard let key = try await house.vault.rotate(algorithm, immediately: now, at: time) else {
            return "\(algorithm.rawValue): another process has just rotated it."
        }
        return "\(algorithm.rawValue): \(key.keyID) is published, and signs from \(key.signsFrom)."
    }
}

extension SignatureAlgorithm: ExpressibleByArgument {}
