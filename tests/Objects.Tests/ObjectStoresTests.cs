namespace EventPipeline.Objects.Tests;

public sealed class ObjectStoresTests
{
    [Fact]
    public void A_path_is_a_folder()
    {
        var root = Directory.CreateTempSubdirectory("open-").FullName;
        using (ObjectStores.Open(Path.Combine(root, "new", "store")).ShouldBeOfType<FolderObjectStore>())
            Directory.Exists(Path.Combine(root, "new", "store")).ShouldBeTrue();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public void A_bucket_is_named_with_its_options() =>
        S3Location
            .Parse("s3://media?endpoint=http://127.0.0.1:9000&region=eu-central-1&create=true")
            .ShouldBe(new S3Location("media", "http://127.0.0.1:9000", "eu-central-1", CreatesBucket: true));

    [Fact]
    public void Without_options_a_bucket_is_amazons_and_must_exist() =>
        S3Location.Parse("s3://media").ShouldBe(new S3Location("media", null, "us-east-1", CreatesBucket: false));

    [Theory]
    [InlineData("")]
    [InlineData("http://media")]
    [InlineData("s3://")]
    [InlineData("s3://media/folder")]
    [InlineData("s3://media?endpoint=127.0.0.1:9000")]
    [InlineData("s3://media?crate=true")]
    [InlineData("s3://media?create=yes")]
    public void A_wrong_location_is_refused(string location) =>
        Should.Throw<ArgumentException>(() => ObjectStores.Open(location));
}
