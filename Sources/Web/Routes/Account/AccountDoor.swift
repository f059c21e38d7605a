import Identity
import OAuth

/// Somebody on a page of their own account. Whatever is shown and changed there is of this account: no page takes
/// anybody's id from what was sent (IN4, B068).
struct Resident: Sendable {
    let visit: Visit
    let guest: Guest
    let session: Session
    let account: Account

    var established: Established { Established(guest) }
}

/// The one way to pages and forms of one's own account, so that none can forget who may come, whether the form is
/// genuine, and how long ago the person proved who they are.
struct AccountDoor: Sendable {
    let rooms: Rooms

    /// - Parameter fresh: who signed in too long ago proves it again, and comes back here (B093).
    func page(
        _ path: String, fresh: Bool = false, _ show: @escaping @Sendable (Resident) async throws -> Reply
    ) -> Route.Action {
        { visit in
            let guest = try await rooms.guest(visit)
            let here = ReturnPath(known: path)
            guard let resident = try await rooms.resident(visit, guest) else {
                return rooms.welcome(guest, Rooms.signInFirst(guest, backTo: here))
            }
            if fresh, let reply = Rooms.confirmFirst(resident.session, backTo: here, at: visit.now) { return reply }
            return try await show(resident)
        }
    }

    /// - Parameter path: the page that the form is on.
    func form(
        on path: String, fresh: Bool = false,
        _ act: @escaping @Sendable (Resident, OAuth.Parameters) async throws -> Reply
    ) -> Route.Action {
        { visit in
            let guest = try await rooms.guest(visit)
            let form = try rooms.genuineForm(visit, from: guest)
            return try await rooms.act(visit, guest, on: path, fresh: fresh) { try await act($0, form) }
        }
    }
}

extension Rooms {
    /// `nil` when nobody is signed in.
    func resident(_ visit: Visit, _ guest: Guest) async throws -> Resident? {
        guard let session = guest.session, let account = try await accounts.account(id: session.subject) else {
            return nil
        }
        return Resident(visit: visit, guest: guest, session: session, account: account)
    }

    func act(
        _ visit: Visit, _ guest: Guest, on path: String, fresh: Bool, _ act: (Resident) async throws -> Reply
    ) async throws -> Reply {
        guard let resident = try await resident(visit, guest) else {
            throw PageProblem(.unauthorized, "not_signed_in", .notSignedIn, in: Course.pageForm)
        }
        let here = ReturnPath(known: path)
        if fresh, let reply = Self.confirmFirst(resident.session, backTo: here, at: visit.now) { return reply }
        return try await act(resident)
    }
}
