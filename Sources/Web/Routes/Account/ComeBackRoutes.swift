import HTTPTypes
import Identity
import OAuth

/// Whoever signs in to an account they have deleted is asked whether to come back (B029, B088).
struct ComeBackRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] { [Route("/come-back", .page, [.post: comeBack])] }

    /// The page in answer to a proof of any method. Nothing is changed by it, and nobody is signed in.
    func ask(
        _ account: Account, method: String, _ visit: Visit, _ guest: Guest, _ onward: Onward
    ) async throws -> Reply {
        let claim = ComeBack.Claim(accountID: account.id, method: method, browser: guest.browser.digest)
        let offer = try await rooms.account.comeBack.offer(claim, proven: account.passwordHash, at: visit.now)
        let catalogue = rooms.pages.catalogue
        let time = TimeText(catalogue: catalogue, now: visit.now)
        let deletion = account.deletion?.time ?? visit.now
        let context: [String: Any] = [
            "action": "/come-back", "csrf": rooms.formGuard.token(for: guest.browser), "email": account.email.typed,
            "account": account.id, "method": method, "offer": offer.plaintext, "onward": onward.fields,
            "deleted": time.past(deletion),
            "until": time.future(deletion + rooms.account.deletion.grace), "backURL": "/",
        ]
        // Whoever comes back goes on to the app, and browsers hold the whole way there against this page.
        let request = try await rooms.paused(onward, guest, at: visit.now)
        return try rooms.writer.reply(
            "come-back", title: catalogue.text("title.come_back"), context,
            formTargets: request.map(rooms.formTargets) ?? [])
    }

    @Sendable private func comeBack(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try rooms.genuineForm(visit, from: guest)
        let method = form["method"] ?? ""
        let claim = ComeBack.Claim(
            accountID: form["account"] ?? "", method: method, browser: guest.browser.digest)
        let onward = Onward(form)
        let arrival = try await rooms.arrival(visit, guest, onward)
        switch try await rooms.account.comeBack.accept(form["offer"] ?? "", claim, from: arrival, at: visit.now) {
        case .back(let opened): return rooms.signedIn(opened, onward.reply, at: visit.now)
        case .unverified(let account):
            return try await rooms.askToProve(addressOf: account, visit, guest, onward)
        case nil:
            throw PageProblem(
                .gone, "come_back", .comeBackOfferDead, in: Course.pageForm, established: Established(guest))
        }
    }
}
