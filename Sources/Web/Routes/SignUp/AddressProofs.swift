import Identity

extension Rooms {
    /// Nobody is signed in by an address that was never proven: first its mail is asked for (B023).
    func askToProve(
        addressOf account: Account, _ visit: Visit, _ guest: Guest, _ onward: Onward
    ) async throws -> Reply {
        let arrival = try await arrival(visit, guest, onward)
        let errand = MailErrand(network: visit.network, query: onward.query)
        try await verification.begin(for: account, from: arrival, errand, at: visit.now)
        return .seeOther(onward.address(MailProof.Purpose.verification.codePath))
    }
}
