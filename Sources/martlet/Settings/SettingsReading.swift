import Foundation

extension Settings {
    static let usualFile = "martlet.yaml"

    /// Reads file and environment, and finds every fault there is before it says no.
    static func read(environment: [String: String], usualFile: String = usualFile) throws(SettingsFaults) -> Settings {
        try readWithOrigins(environment: environment, usualFile: usualFile).settings
    }

    /// The settings, and where each that was given stands.
    static func readWithOrigins(
        environment: [String: String], usualFile: String = usualFile
    ) throws(SettingsFaults) -> (settings: Settings, origins: [String: SettingOrigin]) {
        let catalogue = SettingsCatalogue.all
        var settings = Settings()
        var origins: [String: SettingOrigin] = [:]
        var faults: [SettingsFault] = []

        let file = file(environment: environment, usualFile: usualFile, catalogue: catalogue, &faults)
        var providers = file?.providers ?? ProvidersInFile()
        let variables = SettingsEnvironment(
            environment, catalogue: catalogue + ProviderCatalogue.settings(inFile: providers.ids))
        faults += (file?.faults ?? []) + variables.faults
        for entries in [file?.entries ?? [], variables.entries] {
            var seen: Set<String> = []
            for entry in entries {
                guard seen.insert(entry.setting.name).inserted else {
                    faults.append(SettingsFault(entry.raw.origin, "\(entry.setting.name) is given twice; give it once"))
                    continue
                }
                let refusals = entry.setting.apply(entry.raw, to: &settings)
                faults += refusals
                if !refusals.isEmpty { providers.couldNotRead(entry.setting.name) }
                origins[entry.setting.name] = entry.raw.origin
            }
        }
        settings.providerDrafts.order(inFile: providers.ids)
        faults += ProviderRules(settings: settings, origins: origins, inFile: providers).faults + settings.signInFaults
        // With a value missing because it was refused, rules between values would only find echoes.
        if faults.isEmpty { faults = SettingsRules(settings: settings, origins: origins).faults }
        guard faults.isEmpty else { throw SettingsFaults(faults: SettingsFault.sorted(faults)) }
        return (settings, origins)
    }

    /// The usual file may be absent; one that was named may not.
    private static func file(
        environment: [String: String], usualFile: String, catalogue: [Setting], _ faults: inout [SettingsFault]
    ) -> SettingsFile? {
        let named = environment[SettingsEnvironment.configVariable]
        let path = named ?? usualFile
        guard named != nil || FileManager.default.fileExists(atPath: path) else { return nil }
        let place = named == nil ? path : SettingsEnvironment.configVariable
        guard let data = SmallFile.read(path) else {
            faults.append(
                SettingsFault(
                    place: place, "the file \(Seen.quoted(path)) cannot be read; name one that exists and is readable"))
            return nil
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            faults.append(SettingsFault(place: path, "the file is no UTF-8 text of at most 1 MiB"))
            return nil
        }
        return SettingsFile(text: text, path: path, catalogue: catalogue)
    }
}
