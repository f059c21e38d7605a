import HTTPTypes
import Identity
import JSON
import OAuth

/// What the administration API can do with invitations. Addresses travel in bodies: none is in an address of the API.
struct InvitationOperations: Sendable {
    let rooms: Rooms

    private var invitations: Invitations { rooms.administration.invitations }

    var all: [APIOperation] {
        [
            APIOperation(
                "listInvitations", .get, "/invitations", .readPeople,
                "Lists invitations that can still be accepted, in the order of their addresses.",
                fields: [
                    APIField("after", .text(maximum: 600), "next of the page before."),
                    APIField("limit", .number(1...PersonQuery.most), "At most so many; 50 without it."),
                ], answer: .invitations, action: list),
            APIOperation(
                "invite", .post, "/invitations", .writePeople,
                """
                Invites somebody by mail, who chooses a password of their own. A newer invitation ends an earlier one. \
                \(Invitations.toAddress.attempts) a day go to an address, \
                \(Invitations.byInviter.attempts) an hour from a caller.
                """,
                fields: [
                    APIField("email", .text(maximum: 254), isRequired: true, "The address."),
                    APIField("name", .text(maximum: PersonName.longest), "The name to greet them by."),
                    APIField("roles", .roles, "What they will have; administrator takes a scope of its own."),
                    .reason,
                ], status: .created, answer: .invitation, refusals: [.addressTaken], action: invite),
            APIOperation(
                "withdrawInvitation", .post, "/invitations/withdraw", .writePeople,
                "Takes an invitation back: its link is dead.",
                fields: [APIField("email", .text(maximum: 254), isRequired: true, "Whom it was sent to."), .reason],
                isForReaders: true, answer: .invitation, refusals: [.notFound], action: withdraw),
        ]
    }

    @Sendable private func list(_ call: APICall) async throws -> Reply {
        let cursors = rooms.administration.cursors
        let after = try cursors.place(call.body.text("after"), in: "invitations")
        let limit = Int(clamping: call.body["limit"]?.integerValue ?? 50)
        let found = try await invitations.waiting(after: after, limit: limit + 1, at: call.now)
        let page = found.prefix(limit)
        var object: JSONObject = ["invitations": .array(page.map { .object(PersonDocument.invitation($0)) })]
        if found.count > limit, let last = page.last {
            object["next"] = .string(try cursors.cursor(to: last.address.canonical, in: "invitations"))
        }
        return .json(JSONValue.object(object).bytes())
    }

    @Sendable private func invite(_ call: APICall) async throws -> Reply {
        let name: PersonName?
        let address = try address(call)
        do {
            name = try call.body.text("name").map(PersonName.init)
        } catch {
            throw APIProblem.member("name", "must be one line of visible text")
        }
        let roles = call.body["roles"].flatMap(APIRoles.init)?.roles ?? []
        switch try await invitations.invite(address, name: name, roles: roles, call.instruction(), at: call.now) {
        case .addressTaken: throw APIProblem(.addressTaken, "the address has an account", .apiAddressTaken)
        case .mayNotAppoint: throw rooms.administration.access.refusal(of: call.caller, lacking: .writeAdministrators)
        case .throttled(let seconds):
            throw APIProblem(
                .throttled, "too many invitations to this address in a day, or of this caller in an hour",
                .invitationsThrottled, retryAfter: seconds)
        case .made(let invitation):
            // It tells no more than what the call said.
            return .json(JSONValue.object(PersonDocument.invitation(invitation)).bytes(), status: .created)
        }
    }

    @Sendable private func withdraw(_ call: APICall) async throws -> Reply {
        guard let withdrawn = try await invitations.withdraw(address(call), call.instruction(), at: call.now) else {
            throw APIProblem(.notFound, "no invitation to this address waits", .apiNoInvitation)
        }
        return call.answer(PersonDocument.invitation(withdrawn))
    }

    private func address(_ call: APICall) throws(APIProblem) -> EmailAddress {
        guard let address = call.body.text("email").flatMap(EmailAddress.init) else {
            throw APIProblem.member("email", "must be an e-mail address")
        }
        return address
    }
}
