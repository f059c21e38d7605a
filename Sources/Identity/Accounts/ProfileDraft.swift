import Foundation
import JSON
import OAuth

/// What somebody typed into the form of their profile. Nothing else of an account can be typed: no role, no proof of
/// an address, nobody's id (IN4).
package struct ProfileDraft: Sendable {
    package var name = ""
    package var givenName = ""
    package var familyName = ""
    package var username = ""
    package var birthdate = ""
    package var biography = ""
    package var locale = ""
    package var zone = ""
    /// Of the attributes that people can change, by name.
    package var attributes: [String: String] = [:]

    package static let longestBiography = 2000

    package init() {}

    /// The profile it makes of another one, or everything that is wrong with it. What the person cannot change stays.
    package func profile(
        changing old: Profile, attributes known: [ProfileAttribute], at now: Instant
    ) -> (profile: Profile, problems: [ProfileProblem]) {
        var problems: [ProfileProblem] = []
        var profile = old
        profile.name = Self.name(name, .name, &problems)
        profile.givenName = Self.name(givenName, .givenName, &problems)
        profile.familyName = Self.name(familyName, .familyName, &problems)
        profile.preferredUsername = username(unlike: old.preferredUsername, &problems)
        profile.birthdate = birthdate(at: now, &problems)
        profile.biography = biography(&problems)
        profile.locale = Self.chosen(locale, .locale, &problems, Self.isLanguage)
        profile.zoneInfo = Self.chosen(zone, .zone, &problems) { $0.isExactly(old.zoneInfo ?? "") || Self.isZone($0) }
        for attribute in known where attribute.isEditable {
            switch attribute.value(of: attributes[attribute.name]) {
            case .success(let value): profile.attributes[attribute.name] = value
            case .failure(let fault): problems.append(ProfileProblem(.attribute(attribute.name), fault))
            }
        }
        return (profile, problems)
    }

    private static func name(_ typed: String, _ field: ProfileProblem.Field, _ problems: inout [ProfileProblem])
        -> String?
    {
        guard !typed.allSatisfy(\.isWhitespace) else { return nil }
        do {
            return try PersonName(typed).text
        } catch {
            problems.append(ProfileProblem(field, error == .tooLong ? .tooLong(PersonName.longest) : .malformed))
            return nil
        }
    }

    /// A name that could not be chosen today (an imported one) may stay.
    private func username(unlike old: String?, _ problems: inout [ProfileProblem]) -> String? {
        guard !username.allSatisfy(\.isWhitespace) else { return nil }
        if let old, username.isExactly(old) { return old }
        guard let name = Username(username) else {
            let isTooLong = username.unicodeScalars.count > Username.longest
            problems.append(ProfileProblem(.username, isTooLong ? .tooLong(Username.longest) : .malformed))
            return nil
        }
        return name.typed
    }

    private func birthdate(at now: Instant, _ problems: inout [ProfileProblem]) -> String? {
        let text = birthdate.trimmingCharacters(in: .whitespaces)
        guard !text.isEmpty else { return nil }
        guard let date = Birthdate(text) else {
            problems.append(ProfileProblem(.birthdate, .malformed))
            return nil
        }
        // Where the day is already tomorrow somebody may be born tomorrow.
        let tomorrow = Date(timeIntervalSince1970: Double(now.seconds + 86_400))
        let today = tomorrow.formatted(.iso8601.year().month().day())
        guard date.description <= today else {
            problems.append(ProfileProblem(.birthdate, .inTheFuture))
            return nil
        }
        return date.description
    }

    private func biography(_ problems: inout [ProfileProblem]) -> String? {
        do {
            return try Self.biography(of: biography)
        } catch {
            problems.append(ProfileProblem(.biography, error))
            return nil
        }
    }

    /// What somebody wrote about themselves, as it is kept; `nil` for nothing.
    static func biography(of typed: String) throws(ProfileProblem.Fault) -> String? {
        let lines = typed.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        let text = lines.trimmingCharacters(in: .whitespacesAndNewlines).precomposedStringWithCanonicalMapping
        guard !text.isEmpty else { return nil }
        guard text.unicodeScalars.count <= longestBiography else { throw .tooLong(longestBiography) }
        guard VisibleText.isLines(text) else { throw .malformed }
        return text
    }

    private static func chosen(
        _ typed: String, _ field: ProfileProblem.Field, _ problems: inout [ProfileProblem], _ isKnown: (String) -> Bool
    ) -> String? {
        let text = typed.trimmingCharacters(in: .whitespaces)
        guard !text.isEmpty else { return nil }
        guard isKnown(text) else {
            problems.append(ProfileProblem(field, .malformed))
            return nil
        }
        return text
    }

    /// A language tag as people have them (RFC 5646 §2.1): `de`, `de-CH`, `zh-Hant-TW`.
    private static func isLanguage(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let language = parts.first, (2...3).contains(language.utf8.count),
            language.utf8.allSatisfy({ (0x61...0x7A).contains($0 | 0x20) }), text.utf8.count <= 35
        else { return false }
        return parts.dropFirst().allSatisfy { part in
            (2...8).contains(part.utf8.count)
                && part.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) }
        }
    }

    /// Names of the time zone database, as far as this system knows it.
    package static let zones: [String] = TimeZone.knownTimeZoneIdentifiers.filter { $0.contains("/") || $0 == "UTC" }
        .sorted()

    private static func isZone(_ text: String) -> Bool { zones.contains { $0.isExactly(text) } }
}
