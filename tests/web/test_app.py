"""The page at `/`, clicked through in Chromium."""

from support import Pages, main


class App(Pages):
    def test_the_page_of_somebody_who_tries_the_product(self):
        self.with_jobs()
        admin = self.admin()
        article = admin.post("/knowledge", {"title": "Falconry", "url": "https://example.org/falconry",
                                            "body": "A falconer needs a permit and a weathering yard for falconry."})
        self.assertEqual(article.status, 201, article)
        self.visit("app.test.mjs")


if __name__ == "__main__":
    main()
