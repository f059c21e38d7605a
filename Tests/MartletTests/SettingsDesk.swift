@testable import martlet

/// Reads settings as a process would, from variables and a file that were written down in a test.
enum SettingsDesk {
    static let noFile = "/nonexistent/martlet.yaml"

    static func read(_ environment: [String: String] = [:], file: String = noFile) throws -> Settings {
        try Settings.read(environment: environment, usualFile: file)
    }

    static func read(yaml: String, _ environment: [String: String] = [:]) throws -> Settings {
        let scratch = try Scratch()
        return try read(environment, file: scratch.write(yaml, to: "martlet.yaml"))
    }

    /// What a start would complain about, without the path of the scratch folder.
    static func faults(_ environment: [String: String] = [:], yaml: String? = nil) throws -> [String] {
        let scratch = try Scratch()
        let file = try yaml.map { try scratch.write($0, to: "martlet.yaml") }
        do {
            _ = try read(environment, file: file ?? noFile)
            return []
        } catch let faults as SettingsFaults {
            return faults.faults.map { $0.description.replacing(scratch.path + "/", with: "") }
        }
    }
}
