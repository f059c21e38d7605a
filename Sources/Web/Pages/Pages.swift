import Dispatch
import Foundation
import JSON
import Mustache
import Synchronization

/// Every page, from `Templates/` and, file by file, from an overlay of the operator's own.
package struct Pages: Sendable {
    private let library: MustacheLibrary
    package let catalogue: Catalogue
    package let assets: Assets

    /// What is wrong with a template directory, all of it at once.
    package struct Fault: Error, CustomStringConvertible {
        package let faults: [String]
        package var description: String { faults.joined(separator: "\n") }
    }

    /// The pages that must exist.
    static let names = [
        "account", "account-applications", "account-data", "account-delete", "account-deleted",
        "account-factor-app", "account-factor-codes", "account-factor-mail", "account-factor-mail-code",
        "account-factor-new-codes", "account-factor-passkey", "account-factor-remove", "account-factor-set-up",
        "account-magic-links", "account-notices", "account-preferences", "account-profile", "account-security",
        "account-sessions", "address", "address-change", "address-sent", "address-undo", "admin-invite",
        "admin-people", "admin-person", "away", "come-back", "confirm", "confirm-code", "consent", "dead-link", "error",
        "factor-undo", "first-administrator", "form-post", "home", "invitation", "lost-factor", "lost-factor-code",
        "lost-factor-wait",
        "magic-link", "magic-link-open", "mail", "mail-code",
        "mail-desk", "mail-desk-mail",
        "mail-link", "mail.text", "not-allowed", "not-me", "outcome", "password", "recovery", "recovery-password",
        "recovery-sent", "recovery-stop", "second-factor", "second-factor-choose", "second-factor-passkey",
        "select-account", "sign-in", "sign-out-confirm", "sign-up",
        "signed-out", "staff-link", "upstream-address", "upstream-connect",
    ]

    /// `theme` holds files of the same names that take the place of the ones in `directory`.
    package static func load(directory: String, theme: String?) throws -> Pages {
        HTMLEscaping.register()
        let folders = TemplateFolders(base: directory, overlay: theme)
        var (templates, faults) = folders.templates()
        faults += names.filter { templates[$0] == nil }.map { "\(directory)/\($0).mustache is missing" }
        var files: [String: [UInt8]] = [:]
        for name in Assets.names {
            do { files[name] = try folders.bytes("assets/" + name) } catch { faults.append("\(error)") }
        }
        var sentences = JSONValue.object([:])
        do {
            // The operator's own file, and no stranger's: it may outgrow what a request may bring.
            sentences = try JSONValue(parsing: folders.bytes("messages/en.json"), maximumBytes: 1 << 20)
        } catch {
            faults.append("\(folders.path("messages/en.json")): \(error)")
        }
        guard faults.isEmpty else { throw Fault(faults: faults) }
        return Pages(
            library: MustacheLibrary(templates: templates), catalogue: Catalogue(sentences),
            assets: Assets(files: files))
    }

    func render(_ name: String, _ context: [String: Any]) throws -> [UInt8] {
        guard let page = library.render(context, withTemplate: name) else {
            throw Fault(faults: ["no template \(name)"])
        }
        // The pragmas leave empty lines before the document.
        return Array(page.utf8.drop { $0 == UInt8(ascii: "\n") })
    }
}

/// Two folders read as one: the overlay's file where it has one.
private struct TemplateFolders {
    let base: String
    let overlay: String?

    var templateNames: [String] {
        let files = [base, overlay].compactMap { $0 }.flatMap {
            (try? FileManager.default.contentsOfDirectory(atPath: $0)) ?? []
        }
        return Set(files.filter { $0.hasSuffix(".mustache") }.map { String($0.dropLast(9)) }).sorted()
    }

    func path(_ name: String) -> String {
        if let overlay, FileManager.default.fileExists(atPath: overlay + "/" + name) { return overlay + "/" + name }
        return base + "/" + name
    }

    func bytes(_ name: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path(name)) else {
            throw Pages.Fault(faults: ["\(path(name)) cannot be read"])
        }
        return Array(data)
    }

    func text(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }

    /// All of them, parsed by as many threads as there are processors, for a start waits for it; and what is wrong with
    /// the others.
    func templates() -> ([String: MustacheTemplate], faults: [String]) {
        let names = templateNames
        let parsed = Mutex<(templates: [String: MustacheTemplate], faults: [String: String])>(([:], [:]))
        DispatchQueue.concurrentPerform(iterations: names.count) { index in
            let name = names[index]
            do {
                let pragma = name.hasSuffix(".text") ? "{{% CONTENT_TYPE: TEXT}}" : HTMLEscaping.pragma
                let template = try MustacheTemplate(string: pragma + text(name + ".mustache"))
                parsed.withLock { $0.templates[name] = template }
            } catch {
                parsed.withLock { $0.faults[name] = "\(path(name + ".mustache")): \(error)" }
            }
        }
        return parsed.withLock { parsed in (parsed.templates, names.compactMap { parsed.faults[$0] }) }
    }
}
