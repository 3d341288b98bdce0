import fc from "fast-check";
import { expect, test } from "vitest";
import { Html, html, scriptJson } from "../src/html.ts";

test("values are escaped, markup is not", () => {
  const name = `<img src=x onerror="alert('1')">&`;
  expect(html`<b title="${name}">${new Html("<i>x</i>")}${[1, html`<u>${"<"}</u>`]}</b>`.text).toBe(
    '<b title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;"><i>x</i>1<u>&lt;</u></b>',
  );
});

test("JSON in a script element reads back and cannot end it", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, text) => {
      const json = scriptJson([value, `</script><!--${text}`]).text;
      expect(json).not.toContain("<");
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify([value, `</script><!--${text}`])));
    }),
  );
});
