import ArgumentParser

/// `martlet client`: the apps that may ask people to sign in.
struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Register client apps, and change their secrets.",
        discussion: """
            Each client is one file, Clients/<client_id>.json,
            with the names of RFC 7591: to change anything else about \
            one,
            edit its file and let the server read it again (SIGHUP). `martlet check` says what is wrong with a file.

            EXAMPLES
              martlet client add Grafana --for grafana --url https://grafana.example.com
              martlet client add "Our wiki" --redirect-uri https://wiki.example.com/callback
              martlet client add "Phone app" --public --redirect-uri com.example.app:/callback
              martlet client add Reports --grant client_credentials --scope reports
              martlet client secret grafana add
            """,
        subcommands: [
            AddClientCommand.self, ListClientsCommand.self, ClientSecretCommand.self, RemoveClientCommand.self,
        ])
}
