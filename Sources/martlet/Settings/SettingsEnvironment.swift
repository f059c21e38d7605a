import Identity

/// The `MARTLET_…` variables, taken apart.
struct SettingsEnvironment {
    /// Names the file of settings; not a setting itself.
    static let configVariable = "MARTLET_CONFIG"

    private(set) var entries: [SettingsFile.Entry] = []
    private(set) var faults: [SettingsFault] = []

    init(_ variables: [String: String], catalogue: [Setting]) {
        let known = catalogue.flatMap {
            $0.isSecret ? [$0.environmentName, $0.environmentName + "_FILE"] : [$0.environmentName]
        }
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) where name.hasPrefix("MARTLET_") {
            guard name != Self.configVariable, !Self.isServiceLink(name, value) else { continue }
            if known.contains(name), value.isEmpty {
                faults.append(SettingsFault(.environment(name), "is empty; give it a value, or take the variable away"))
            } else if let setting = catalogue.first(where: { $0.environmentName == name }) {
                let raw = RawText(text: value, origin: .environment(name))
                entries.append(.init(setting: setting, raw: .text(raw)))
            } else if let setting = catalogue.first(where: { $0.isSecret && $0.environmentName + "_FILE" == name }) {
                addSecret(setting, path: value, named: name, besides: variables[setting.environmentName])
            } else {
                faults.append(
                    .unknown(
                        name, at: .environment(name), among: known + [Self.configVariable],
                        otherwise: Self.isOfProvider(name) ? Self.elsewhere : nil))
            }
        }
    }

    private mutating func addSecret(_ setting: Setting, path: String, named name: String, besides plain: String?) {
        guard plain == nil else {
            faults.append(
                SettingsFault(.environment(name), "stands beside \(setting.environmentName); give one of them"))
            return
        }
        switch SecretFile.read(path, namedBy: .environment(name)) {
        case .success(let raw): entries.append(.init(setting: setting, raw: .text(raw)))
        case .failure(let fault): faults.append(fault)
        }
    }

    private static func isOfProvider(_ name: String) -> Bool {
        name.hasPrefix("MARTLET_\(ProviderCatalogue.level.uppercased())_")
    }

    private static let elsewhere =
        "a provider whose name is none of \(UpstreamProvider.Kind.allCases.map(\.rawValue).joined(separator: ", ")) has to "
        + "stand in martlet.yaml, with its type"

    /// Kubernetes tells every container of a service called “martlet” where it is, in variables that nobody
    /// wrote: `MARTLET_SERVICE_HOST`, `MARTLET_PORT=tcp://…`, `MARTLET_PORT_8080_TCP_ADDR`.
    private static func isServiceLink(_ name: String, _ value: String) -> Bool {
        name == "MARTLET_SERVICE_HOST" || name.hasPrefix("MARTLET_SERVICE_PORT")
            || name == "MARTLET_PORT" && value.contains("://")
            || name.wholeMatch(of: /MARTLET_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?/) != nil
    }
}
