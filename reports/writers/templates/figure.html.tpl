{{%AUTOESCAPE context="HTML"}}<figure id="{{ANCHOR}}">
  <div>
  <p class="title">{{TITLE}}</p>
  {{#DRAWN}}
  <ul class="legend" aria-label="Series">
    {{#SERIES}}<li><svg class="swatch {{COLOUR_CLASS}}" viewBox="0 0 36 12" aria-hidden="true">{{#LINE}}<path class="{{LINE_CLASS}}" d="M1 6H35"/>{{/LINE}}<use class="{{POINT_CLASS}}" href="#{{SYMBOL_ID}}" transform="translate(18,6) scale(4.1)"/></svg> {{LABEL}}</li>
    {{/SERIES}}
  </ul>
  <p class="axis y" aria-hidden="true">{{Y_LABEL}}</p>
  {{SVG:none}}
  <p class="axis x" aria-hidden="true">{{X_LABEL}}</p>
  {{/DRAWN}}
  {{#NOT_DRAWN}}<p class="none">Not drawn: {{FAILURE}}. Its numbers stand in its table.</p>{{/NOT_DRAWN}}
  </div>
  <div>
  <figcaption>{{CAPTION}}{{#SIDE_BY_SIDE}} <span class="small">Published points are drawn a little to the right of ours.</span>{{/SIDE_BY_SIDE}}{{#OMITTED}} <span class="small">{{OMITTED_POINTS}} cannot be drawn on these axes; the table has all.</span>{{/OMITTED}}</figcaption>
  <details{{#OPEN}} open="open"{{/OPEN}}>
    <summary>The numbers</summary>
    <div class="scroll" tabindex="0" role="group" aria-label="Numbers of the figure">
    <table class="data">
      <caption>{{Y_LABEL}}, interval</caption>
      <thead><tr><th scope="col" class="number">{{X_LABEL}}</th>{{#SERIES_COLUMN}}<th scope="col" class="number">{{LABEL}}</th>{{/SERIES_COLUMN}}</tr></thead>
      <tbody>
        {{#POINT_ROW}}<tr><th scope="row" class="number">{{X}}</th>{{#POINTS}}<td class="number">{{#POINT}}<div>{{Y}}{{#POINT_INTERVAL}} <span class="small">{{INTERVAL}}</span>{{/POINT_INTERVAL}}</div>{{/POINT}}</td>{{/POINTS}}</tr>
        {{/POINT_ROW}}
      </tbody>
    </table>
    </div>
  </details>
  </div>
</figure>
