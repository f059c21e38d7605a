/// The table as people read it.
extension SettingsCatalogue {
    /// For `martlet serve --help`.
    static var help: String {
        let intro = """
            Settings stand in martlet.yaml (or the file MARTLET_CONFIG names) or in the environment, which wins. \
            A dot in a name is a level in the file and an underscore in the variable: lifetimes.access_token is \
            MARTLET_LIFETIMES_ACCESS_TOKEN. ID stands for the name of a provider. A secret can stand in a file that NAME_FILE names.
            """
        let rows = documented.map { setting in
            "\(setting.name)\(setting.isSecret ? " (secret)" : "")\n    \(setting.explanation)\n    Default: \(setting.defaultText)."
        }
        return intro + "\n\n" + rows.joined(separator: "\n")
    }

    /// For README.md.
    static var markdown: String {
        let rows = documented.map { setting in
            let variable =
                setting.environmentName + (setting.isSecret ? "`, `" + setting.environmentName + "_FILE" : "")
            return "| `\(setting.name)` | `\(variable)` | \(setting.defaultText) | \(setting.explanation) |"
        }
        return "| in martlet.yaml | in the environment | default | what it is |\n|---|---|---|---|\n"
            + rows.joined(separator: "\n")
    }
}
