import HTTPTypes
import Identity
import JSON
import OAuth

/// A person's picture: put on the account, removed, and shown to whoever is given its address (B039).
struct PictureRoutes: Sendable {
    let rooms: Rooms

    /// Of the form's other parts and what stands between them, in bytes.
    private static let wrapping = 16_384
    /// Each costs a megabyte to read, and a row to write.
    private static let uploads = ThrottleLimit("picture-upload", attempts: 20, window: 3600)

    var routes: [Route] {
        let door = AccountDoor(rooms: rooms)
        let page = AccountSection.profile.path
        return [
            Route(ProfilePage.uploadPath, .page, [.post: upload], accepts: .upload(PictureFile.most + Self.wrapping)),
            Route(ProfilePage.removePath, .page, [.post: door.form(on: page, remove)]),
            Route(Picture.folder + "*", .picture, [.get: show]),
        ]
    }

    /// What bytes are is read off them; name and type as sent are not even looked at.
    @Sendable private func upload(_ visit: Visit) async throws -> Reply {
        let guest = try await rooms.guest(visit)
        let form = try MultipartForm(visit)
        let fields = try OAuth.Parameters(form.fields)
        try rooms.expectGenuine(fields, visit, from: guest)
        return try await rooms.act(visit, guest, on: AccountSection.profile.path, fresh: false) { resident in
            if let refusal = try await rooms.refusal(by: Self.uploads, of: resident) {
                return try ProfileRoutes(rooms: rooms).refuse(refusal, resident)
            }
            let file: PictureFile
            do throws(PictureFile.Fault) {
                file = try PictureFile(reading: form.files["picture"] ?? [])
            } catch {
                return try ProfileRoutes(rooms: rooms).refuse(error, resident)
            }
            return try await keep(file, resident)
        }
    }

    private func keep(_ file: PictureFile, _ resident: Resident) async throws -> Reply {
        let picture = Picture(
            id: try Identifier.make(from: rooms.random), accountID: resident.account.id, file: file,
            createdAt: resident.visit.now)
        guard try await rooms.account.pictures.setPicture(picture, at: resident.visit.now) else {
            return Rooms.signInFirst(resident.guest, backTo: .account)
        }
        rooms.audit.record(
            AuditEvent(.pictureChanged, subject: resident.account.id, details: ["to": file.format.rawValue]))
        return rooms.done("picture_saved", at: .profile, resident)
    }

    @Sendable private func remove(_ resident: Resident, _ form: OAuth.Parameters) async throws -> Reply {
        if try await rooms.account.pictures.removePicture(of: resident.account.id, at: resident.visit.now) {
            rooms.audit.record(AuditEvent(.pictureChanged, subject: resident.account.id, details: ["to": "none"]))
        }
        return rooms.done("picture_removed", at: .profile, resident)
    }

    /// As what it was found to be and nothing else. Another picture has another address, so this one never changes; it is
    /// asked for again after a day, for who removes a picture wants it gone (B039).
    @Sendable private func show(_ visit: Visit) async throws -> Reply {
        let id = String(visit.path.dropFirst(Picture.folder.count))
        guard let picture = try await rooms.account.pictures.picture(id) else {
            throw PageProblem(.notFound, "not_found", .nowhere(Picture.folder), in: Course.address)
        }
        let tag = "\"\(picture.id)\""
        let headers: HTTPFields = [
            .contentType: picture.file.format.contentType, .eTag: tag, .cacheControl: "public, max-age=86400",
            .contentSecurityPolicy: "default-src 'none'; sandbox; frame-ancestors 'none'",
        ]
        guard !Self.names(tag, visit.headers[.ifNoneMatch]) else {
            var unchanged = headers
            unchanged[.contentType] = nil
            return Reply(.notModified, headers: unchanged)
        }
        return Reply(.ok, headers: headers, body: picture.file.bytes)
    }

    /// RFC 9110 §13.1.2: one of a list, weak or not.
    private static func names(_ tag: String, _ header: String?) -> Bool {
        (header ?? "").split(separator: ",").contains { listed in
            let trimmed = listed.filter { $0 != " " && $0 != "\t" }
            return trimmed.isExactly(tag) || trimmed.isExactly("W/" + tag)
        }
    }
}
