// Finds OpenSSL 3 on this machine and says in words what is wrong when it cannot.
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Mumu.Protocols.Dtls.OpenSsl;

/// <summary>The OpenSSL installation that DTLS and SRTP run on.</summary>
public static class OpenSslLibrary
{
    internal const string Ssl = "mumu-libssl";
    internal const string Crypto = "mumu-libcrypto";
    private static readonly Lazy<string> s_version = new(Load);

    /// <summary>
    /// For diagnosis: true with the version's own line ("OpenSSL 3.0.22 …"), or false with a sentence that says what to install.
    /// </summary>
    /// <param name="version">The version when true.</param>
    /// <param name="problem">What to tell the user when false.</param>
    public static bool TryGetVersion([NotNullWhen(true)] out string? version, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            (version, problem) = (s_version.Value, null);
            return true;
        }
        catch (OpenSslMissingException missing)
        {
            (version, problem) = (null, missing.Message);
            return false;
        }
    }

    /// <summary>Makes sure that the libraries can be called.</summary>
    /// <exception cref="OpenSslMissingException">They cannot; the message says what to install.</exception>
    internal static void Require() => _ = s_version.Value;

    private static string Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(OpenSslLibrary).Assembly, Resolve);
        try
        {
            if (LibSsl.OPENSSL_init_ssl(LibSsl.InitNoAtExit, 0) != 1 || LibCrypto.OpenSSL_version_num() >> 28 < 3)
                throw new OpenSslMissingException($"The OpenSSL found does not start or is older than version 3. {Advice}");
            return Marshal.PtrToStringUTF8(LibCrypto.OpenSSL_version(0)) ?? "OpenSSL 3";
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw new OpenSslMissingException($"OpenSSL 3 ({FileNames("ssl")[0]}) was not found. {Advice}", error);
        }
    }

    private static string Advice =>
        OperatingSystem.IsWindows() ? "Install OpenSSL 3 and put its DLLs beside the program or on the PATH."
        : OperatingSystem.IsMacOS() ? "Install it: brew install openssl@3"
        : "Install the package libssl3 (Debian, Ubuntu: apt install libssl3).";

    private static string[] FileNames(string library) =>
        OperatingSystem.IsWindows() ? [$"lib{library}-3-x64.dll", $"lib{library}-3-arm64.dll", $"lib{library}-3.dll"]
        : OperatingSystem.IsMacOS()
            ?
            [
                $"lib{library}.3.dylib",
                $"/opt/homebrew/opt/openssl@3/lib/lib{library}.3.dylib",
                $"/usr/local/opt/openssl@3/lib/lib{library}.3.dylib",
            ]
        : [$"lib{library}.so.3"];

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        var library = name switch
        {
            Ssl => "ssl",
            Crypto => "crypto",
            _ => null,
        };
        if (library is null)
            return 0;
        foreach (var file in FileNames(library))
        {
            if (NativeLibrary.TryLoad(file, assembly, path, out var handle))
                return handle;
        }
        return 0;
    }
}
