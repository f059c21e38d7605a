import Identity
import OAuth

/// What the page of the profile shows.
struct ProfilePage {
    /// Where its forms about the picture are sent.
    static let uploadPath = "/account/picture"
    static let removePath = "/account/picture/remove"

    let draft: ProfileDraft
    /// Which profile the form is about to change.
    var mark: String
    var problems: [ProfileProblem] = []
    var isOutdated = false
    var pictureFault: PictureFile.Fault?

    func context(_ rooms: Rooms, _ resident: Resident) -> [String: Any] {
        let catalogue = rooms.pages.catalogue
        var context: [String: Any] = [
            "mark": mark, "fields": fields(catalogue) + attributes(rooms.account.attributes, catalogue),
            "fixed": fixed(rooms.account.attributes, resident.account.profile),
            "uploadAction": Self.uploadPath, "removeAction": Self.removePath,
        ]
        var faults = problems.map { ["id": Self.id(of: $0.field), "message": sentence($0, catalogue)] }
        if let pictureFault {
            let sentence = catalogue.text("picture.\(pictureFault)")
            context["pictureError"] = sentence
            faults.append(["id": "picture", "message": sentence])
        }
        if !faults.isEmpty || isOutdated {
            let summary = catalogue.text(isOutdated ? "profile.outdated" : "error.summary.form")
            context["error"] =
                ["summary": summary, "fields": faults, "reference": resident.visit.reference] as [String: Any]
        }
        return context
    }

    private func fields(_ catalogue: Catalogue) -> [[String: Any]] {
        [
            field(.name, draft.name, ["autocomplete": "name"], catalogue),
            field(.givenName, draft.givenName, ["autocomplete": "given-name"], catalogue),
            field(.familyName, draft.familyName, ["autocomplete": "family-name"], catalogue),
            field(.username, draft.username, ["autocomplete": "nickname", "isPlain": true], catalogue),
            field(
                .birthdate, draft.birthdate, ["autocomplete": "bday", "inputmode": "numeric", "isPlain": true],
                catalogue),
            field(.biography, draft.biography, ["isArea": true], catalogue),
            field(.locale, draft.locale, ["autocomplete": "language", "isPlain": true], catalogue),
            field(.zone, draft.zone, ["isSelect": true, "options": zones(catalogue)], catalogue),
        ]
    }

    private func field(
        _ field: ProfileProblem.Field, _ value: String, _ more: [String: Any], _ catalogue: Catalogue,
        label: String? = nil
    ) -> [String: Any] {
        let id = Self.id(of: field)
        var context = more
        context["id"] = id
        context["value"] = value
        context["label"] = label ?? catalogue.text("profile.label.\(id)")
        var describing: [String] = []
        if label == nil, catalogue.has("profile.hint.\(id)") {
            context["hint"] = catalogue.text("profile.hint.\(id)")
            describing.append(id + "-hint")
        }
        if let problem = problems.first(where: { $0.field == field }) {
            context["fault"] = sentence(problem, catalogue)
            describing.append(id + "-error")
        }
        if !describing.isEmpty { context["describedBy"] = describing.joined(separator: " ") }
        let isInput = more["isArea"] == nil && more["isSelect"] == nil && more["isCheck"] == nil
        if isInput { context["isInput"] = true }
        return context
    }

    private func attributes(_ known: [ProfileAttribute], _ catalogue: Catalogue) -> [[String: Any]] {
        known.filter(\.isEditable).map { attribute in
            let value = draft.attributes[attribute.name] ?? ""
            let more: [String: Any] =
                switch attribute.kind {
                case .text: [:]
                case .url: ["isPlain": true, "inputmode": "url"]
                case .boolean: ["isCheck": true, "checked": !value.isEmpty]
                case .choice(let choices): ["isSelect": true, "options": options(choices, value, catalogue)]
                }
            return field(.attribute(attribute.name), value, more, catalogue, label: attribute.label)
        }
    }

    /// What operators have written down, for its person to see.
    private func fixed(_ known: [ProfileAttribute], _ profile: Profile) -> [[String: Any]] {
        known.filter { !$0.isEditable }.compactMap { attribute in
            guard let value = profile.attributes[attribute.name] else { return nil }
            let text = value.stringValue ?? value.boolValue.map { $0 ? "✓" : "–" } ?? ""
            return text.isEmpty ? nil : ["label": attribute.label, "value": text]
        }
    }

    private func zones(_ catalogue: Catalogue) -> [[String: Any]] {
        let all = ProfileDraft.zones
        let others = draft.zone.isEmpty || all.contains(draft.zone) ? [] : [draft.zone]
        return options(others + all, draft.zone, catalogue)
    }

    private func options(_ values: [String], _ chosen: String, _ catalogue: Catalogue) -> [[String: Any]] {
        [["value": "", "label": catalogue.text("profile.not_said"), "selected": chosen.isEmpty]]
            + values.map { ["value": $0, "label": $0, "selected": $0 == chosen] }
    }

    private static func id(of field: ProfileProblem.Field) -> String {
        switch field {
        case .name: "name"
        case .givenName: "given_name"
        case .familyName: "family_name"
        case .username: "username"
        case .birthdate: "birthdate"
        case .biography: "biography"
        case .locale: "locale"
        case .zone: "zoneinfo"
        case .attribute(let name): "attribute_" + name
        }
    }

    private func sentence(_ problem: ProfileProblem, _ catalogue: Catalogue) -> String {
        switch problem.fault {
        case .tooLong(let most): return catalogue.text("profile.too_long", ["maximum": String(most)])
        case .taken: return catalogue.text("profile.username_taken")
        case .triedTooOften(let seconds):
            return catalogue.text("profile.username_tries", ["minutes": String((seconds + 59) / 60)])
        case .inTheFuture: return catalogue.text("profile.birthdate_future")
        case .malformed:
            let key = "profile.malformed.\(Self.id(of: problem.field))"
            return catalogue.text(catalogue.has(key) ? key : "profile.malformed")
        }
    }
}
