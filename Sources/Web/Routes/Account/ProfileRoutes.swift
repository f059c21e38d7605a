import HTTPTypes
import Identity
import OAuth

/// What a person says of themselves (B026, B068).
struct ProfileRoutes: Sendable {
    let rooms: Rooms

    private static let section = AccountSection.profile

    var routes: [Route] {
        let path = Self.section.path
        let door = AccountDoor(rooms: rooms)
        return [
            Route(path, .page, [.get: door.page(path) { try page(of: $0) }, .post: door.form(on: path, save)])
        ]
    }

    private func page(of resident: Resident) throws -> Reply {
        let model = ProfilePage(
            draft: ProfileDraft(resident.account.profile), mark: resident.account.profile.mark)
        return try page(model, resident)
    }

    /// Only the fields of the form are looked at; whatever else was sent counts for nothing (IN4).
    @Sendable private func save(_ resident: Resident, _ form: OAuth.Parameters) async throws -> Reply {
        let old = resident.account.profile
        let draft = ProfileDraft(form, attributes: rooms.account.attributes)
        var model = ProfilePage(draft: draft, mark: form["mark"] ?? "")
        let (new, problems) = draft.profile(
            changing: old, attributes: rooms.account.attributes, at: resident.visit.now)
        model.problems = problems
        guard problems.isEmpty else { return try page(model, resident, .profileRefused) }
        guard model.mark == old.mark else { return try conflict(model, resident) }
        if let seconds = try await waits(for: new, insteadOf: old, resident) {
            model.problems = [ProfileProblem(.username, .triedTooOften(seconds))]
            var reply = try page(model, resident, .usernameThrottled(retryAfter: seconds), status: .tooManyRequests)
            reply.headers[.retryAfter] = String(seconds)
            return reply
        }
        switch try await rooms.account.profiles.replaceProfile(
            of: resident.account.id, from: old, to: new, at: resident.visit.now)
        {
        case .replaced:
            if !new.saysTheSame(as: old) { record(resident) }
            return rooms.done("profile_saved", at: Self.section, resident)
        case .usernameTaken:
            model.problems = [ProfileProblem(.username, .taken)]
            return try page(model, resident, .profileRefused)
        case .changedMeanwhile: return try conflict(model, resident)
        }
    }

    /// Seconds for which no other username is looked for; asked before it is said whether somebody has it.
    private func waits(
        for new: Profile, insteadOf old: Profile, _ resident: Resident
    ) async throws -> Int64? {
        guard let username = new.canonicalUsername, old.canonicalUsername?.isExactly(username) != true else {
            return nil
        }
        let visit = resident.visit
        let decision = try await rooms.throttle.wishForUsername(
            by: resident.account.id, from: visit.network, at: visit.now)
        if case .refused(_, let seconds) = decision { return seconds }
        return nil
    }

    /// Another window saved first: what was typed here stays, and is saved over the other only when asked again.
    private func conflict(_ model: ProfilePage, _ resident: Resident) throws -> Reply {
        var model = model
        model.isOutdated = true
        model.mark = resident.account.profile.mark
        return try page(model, resident, .profileOutdated)
    }

    /// A picture that was not taken.
    func refuse(_ fault: PictureFile.Fault, _ resident: Resident) throws -> Reply {
        var model = ProfilePage(
            draft: ProfileDraft(resident.account.profile), mark: resident.account.profile.mark)
        model.pictureFault = fault
        return try page(model, resident, .pictureRefused(fault))
    }

    func refuse(_ refusal: AccountRefusal, _ resident: Resident) throws -> Reply {
        let profile = resident.account.profile
        return try page(ProfilePage(draft: ProfileDraft(profile), mark: profile.mark), resident, refused: refusal)
    }

    private func record(_ resident: Resident) {
        rooms.audit.record(AuditEvent(.profileChanged, subject: resident.account.id))
    }

    private func page(
        _ model: ProfilePage, _ resident: Resident, _ finding: Finding? = nil, refused refusal: AccountRefusal? = nil,
        status chosen: HTTPResponse.Status? = nil
    ) throws -> Reply {
        var context = model.context(rooms, resident)
        context["action"] = Self.section.path
        context["person"] = AccountTexts(rooms: rooms, now: resident.visit.now).person(resident.account)
        if let refusal {
            return try rooms.accountPage(Self.section, "account-profile", resident, context, refused: refusal)
        }
        let status: HTTPResponse.Status =
            finding == nil ? .ok : chosen ?? (model.isOutdated ? .conflict : .unprocessableContent)
        var reply = try rooms.accountPage(Self.section, "account-profile", resident, context, status: status)
        reply.examination = finding.map { Examination($0, in: Course.pageForm, established: resident.established) }
        return reply
    }
}

extension ProfileDraft {
    /// As it stands in the account.
    init(_ profile: Profile) {
        self.init()
        name = profile.name ?? ""
        givenName = profile.givenName ?? ""
        familyName = profile.familyName ?? ""
        username = profile.preferredUsername ?? ""
        birthdate = profile.birthdate ?? ""
        biography = profile.biography ?? ""
        locale = profile.locale ?? ""
        zone = profile.zoneInfo ?? ""
        for member in profile.attributes.members {
            attributes[member.key] = member.value.stringValue ?? (member.value.boolValue == true ? "yes" : "")
        }
    }

    /// As it was typed.
    init(_ form: OAuth.Parameters, attributes known: [ProfileAttribute]) {
        self.init()
        name = form["name"] ?? ""
        givenName = form["given_name"] ?? ""
        familyName = form["family_name"] ?? ""
        username = form["username"] ?? ""
        birthdate = form["birthdate"] ?? ""
        biography = form["biography"] ?? ""
        locale = form["locale"] ?? ""
        zone = form["zoneinfo"] ?? ""
        for attribute in known { attributes[attribute.name] = form["attribute_" + attribute.name] }
    }
}
