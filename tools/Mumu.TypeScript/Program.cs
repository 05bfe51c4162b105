// Writes the web app's types: dotnet run --project tools/Mumu.TypeScript [FILE].
using Mumu.TypeScript;

string file = args.Length > 0 ? args[0] : Path.Combine("web", "src", "signaling", "messages.gen.ts");
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
File.WriteAllText(file, TypeScriptModule.Generate());
Console.WriteLine(file);
