import Identity
import OAuth

/// Somebody who sets up, changes or removes what they can be asked for after the sign-in; on the way to an app, maybe.
struct Enrollee: Sendable {
    let resident: Resident
    /// Where they go once it is done.
    let onward: Onward

    var account: Account { resident.account }
    var session: Session { resident.session }
    var now: Instant { resident.visit.now }

    /// Back to the dispatcher or the page they came from; otherwise to the page with the list.
    var goal: String {
        if let handle = onward.request { return "/authorize/continue?request=" + FormEncoding.escape(handle) }
        return onward.next?.text ?? AccountSection.security.path
    }
}

/// The one way to pages and forms of one's own second factors: for people whose address is proven (B114), who have just
/// proven who they are, by a factor where they have one (MF8). Where they are going is kept through every form.
struct EnrolmentDoor: Sendable {
    let rooms: Rooms

    func page(
        _ path: String, fresh: Bool = true, _ show: @escaping @Sendable (Enrollee) async throws -> Reply
    ) -> Route.Action {
        { visit in
            let onward = Onward(try visit.queryParameters())
            let here = onward.address(path)
            let action = AccountDoor(rooms: rooms).page(here) { resident in
                try await admit(Enrollee(resident: resident, onward: onward), on: here, fresh: fresh, show)
            }
            return try await action(visit)
        }
    }

    /// - Parameter path: the page that the form is on.
    func form(
        on path: String, fresh: Bool = true,
        _ act: @escaping @Sendable (Enrollee, OAuth.Parameters) async throws -> Reply
    ) -> Route.Action {
        { visit in
            let onward = Onward(try visit.formParameters())
            let here = onward.address(path)
            let action = AccountDoor(rooms: rooms).form(on: here) { resident, form in
                try await admit(Enrollee(resident: resident, onward: onward), on: here, fresh: fresh) {
                    try await act($0, form)
                }
            }
            return try await action(visit)
        }
    }

    /// An address that nobody has proven to read comes first: what is set up could not be brought back without it.
    private func admit(
        _ enrollee: Enrollee, on here: String, fresh: Bool, _ act: (Enrollee) async throws -> Reply
    ) async throws -> Reply {
        guard enrollee.account.isEmailVerified else {
            let page = OutcomePage(
                "factors.unverified", ["email": enrollee.account.email.typed], status: .forbidden,
                action: (AccountSection.security.path, "factors.back"))
            var reply = try page.reply(rooms.writer, enrollee.resident.visit)
            reply.examination = Examination(
                .factorAddressUnproven, in: Course.factorChange, established: enrollee.resident.established)
            return rooms.welcome(enrollee.resident.guest, reply)
        }
        if fresh,
            let reply = Rooms.confirmFirst(
                enrollee.session, backTo: ReturnPath(known: here), at: enrollee.now)
        {
            return reply
        }
        return try await act(enrollee)
    }
}

extension Rooms {
    func enrolmentRequest(_ enrollee: Enrollee) -> FactorEnrolment.Request {
        let resident = enrollee.resident
        return FactorEnrolment.Request(
            resident.session, of: resident.account, from: visitorRecord(resident.visit, resident.guest),
            resident.visit.network)
    }
}
