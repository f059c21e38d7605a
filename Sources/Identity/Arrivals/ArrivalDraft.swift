import Foundation
import JSON
import OAuth

/// An arrival while its fields are read: what is wrong is collected, so that all of it is told at once.
///
/// An address and a whole password hash are what a person cannot come without, or not come with damaged. Everything
/// else that does not fit is left out, and said.
struct ArrivalDraft {
    /// Of an attribute that this installation does not know, written as JSON, in bytes.
    static let longestAttribute = 2000
    static let mostAttributes = 100

    var isEmailVerified = false
    var isDisabled = false
    var deletion: Deletion?
    var createdAt: Instant?
    var profile = Profile()
    var subject: String?
    var preferences: Preferences?
    private(set) var roles: [Role] = []
    private var identities: [ArrivingIdentity] = []
    private var password = CarriedPassword.none
    private var email: EmailAddress?
    private(set) var problems: [String] = []
    private(set) var notes: [String] = []

    init(email: String?) {
        let typed = email ?? ""
        self.email = EmailAddress(typed)
        if typed.allSatisfy(\.isWhitespace) {
            problems.append("there is no e-mail address")
        } else if self.email == nil {
            problems.append("\(Self.quoted(typed)) is no e-mail address that mail can be sent to")
        }
    }

    mutating func problem(_ sentence: String) { problems.append(sentence) }
    mutating func note(_ sentence: String) { notes.append(sentence) }

    mutating func name(_ text: String?, _ field: WritableKeyPath<Profile, String?>, _ what: String = "name") {
        guard let text, !text.allSatisfy(\.isWhitespace) else { return }
        do {
            profile[keyPath: field] = try PersonName(text).text
        } catch {
            notes.append("the \(what) \(Self.quoted(text)) cannot be used, and was left out")
        }
    }

    mutating func username(_ text: String?) {
        guard let text, !text.isEmpty else { return }
        // No username is left of it: the address is kept, and compared, where addresses are.
        guard EmailAddress(text) == nil else {
            return notes.append("the username \(Self.quoted(text)) is an e-mail address, and was left out")
        }
        guard let username = Username(text) else {
            return notes.append("the username \(Self.quoted(text)) cannot be used, and was left out")
        }
        profile.preferredUsername = username.typed
    }

    /// RFC 5646, as far as its shape goes; Django writes an underscore.
    mutating func locale(_ text: String?) {
        guard let text, !text.isEmpty else { return }
        let tag = text.replacing("_", with: "-")
        let parts = tag.split(separator: "-", omittingEmptySubsequences: false)
        let isTag = parts.allSatisfy { (1...8).contains($0.utf8.count) && $0.utf8.allSatisfy(Self.isLetterOrDigit) }
        guard isTag, tag.utf8.count <= 35, (parts.first?.utf8.count ?? 0) >= 2 else {
            return notes.append("the locale \(Self.quoted(text)) is none, and was left out")
        }
        profile.locale = tag
    }

    mutating func zoneInfo(_ text: String?) {
        guard let text, !text.isEmpty else { return }
        guard text.utf8.count <= 64, text.utf8.allSatisfy({ Self.isLetterOrDigit($0) || "/_+-".utf8.contains($0) })
        else {
            return notes.append("the time zone \(Self.quoted(text)) is none, and was left out")
        }
        profile.zoneInfo = text
    }

    mutating func birthdate(_ text: String?) {
        guard let text, !text.isEmpty else { return }
        guard let birthdate = Birthdate(text) else {
            return notes.append("the birth date \(Self.quoted(text)) is no YYYY-MM-DD, and was left out")
        }
        profile.birthdate = birthdate.description
    }

    mutating func biography(_ text: String?) {
        guard let text else { return }
        do {
            profile.biography = try ProfileDraft.biography(of: text)
        } catch {
            notes.append("the biography cannot be used, and was left out")
        }
    }

    /// Those that this installation asks for are held to what can be typed here; of others it is enough that they are
    /// short and hide nothing, for no app is told of them.
    mutating func attributes(_ object: JSONObject, known: [ProfileAttribute]) {
        for (name, value) in object.members {
            let isFit =
                if let attribute = known.first(where: { $0.name.isExactly(name) }) {
                    attribute.holds(value)
                } else {
                    profile.attributes.members.count < Self.mostAttributes
                        && Self.isPlain(.object([name: value])) && value.text.utf8.count <= Self.longestAttribute
                }
            if isFit {
                profile.attributes[name] = value
            } else {
                notes.append("the attribute \(Self.quoted(name)) cannot be used, and was left out")
            }
        }
    }

    private static func isPlain(_ value: JSONValue) -> Bool {
        switch value {
        case .string(let text): VisibleText.isLines(text)
        case .array(let values): values.allSatisfy(isPlain)
        case .object(let object):
            object.members.allSatisfy { VisibleText.isOneLine($0.key) && isPlain($0.value) }
        case .null, .bool, .integer, .real: true
        }
    }

    /// Roles whose names do not fit are counted by whoever reads the file, not told for each person.
    mutating func role(_ name: String, context: String = "") {
        let role = Role(name, context: context)
        if RoleName.isValid(name), !roles.contains(role) { roles.append(role) }
    }

    mutating func identity(_ identity: ArrivingIdentity) {
        if !identities.contains(where: { $0.bytes == identity.bytes }) { identities.append(identity) }
    }

    mutating func legacySubject(_ id: String?, of source: String) {
        guard let id, !id.isEmpty, id.utf8.count <= 255 else { return }
        profile.attributes["\(Account.legacySubject)\(source)"] = .string(id)
    }

    /// A damaged hash is a damaged file; one that cannot be used is not the person's fault.
    mutating func password(_ read: () throws(HashFault) -> CarriedPassword) {
        do {
            password = try read()
        } catch {
            switch error {
            case .malformed(let reason): problems.append("the password hash is damaged: \(reason)")
            case .unusable(let reason): notes.append("comes without a password: \(reason)")
            }
        }
    }

    func finished() throws(ArrivalRefusal) -> ArrivingPerson {
        guard let email, problems.isEmpty else { throw ArrivalRefusal(problems, email: email) }
        return ArrivingPerson(
            email: email, isEmailVerified: isEmailVerified, profile: profile, roles: roles, isDisabled: isDisabled,
            deletion: deletion, createdAt: createdAt, password: password, subject: subject, preferences: preferences,
            identities: identities, notes: notes)
    }

    static func quoted(_ text: String) -> String {
        "“\(PlainText.escaped(String(text.prefix(80))))”"
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
    }
}
