{{%AUTOESCAPE context="HTML"}}<figure id="{{ANCHOR}}" class="heat-map{{#FILLED}} filled{{/FILLED}}">
  <div>
  <p class="title">{{TITLE}}</p>
  {{#DRAWN}}
  <div class="legend">
    <p class="unit">{{UNIT}}</p>
    {{#SCALE}}
    <ol class="scale" aria-label="Colours from low to high">
      {{#STEP}}<li><svg class="{{CELL_CLASS}}" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true"><path d="M0 0H1V1H0z"/></svg><span class="hidden">{{RANGE}}</span><span class="edge" aria-hidden="true">{{EDGE}}</span></li>
      {{/STEP}}
      {{#LAST_EDGE}}<li class="end" aria-hidden="true"><span class="edge">{{EDGE}}</span></li>{{/LAST_EDGE}}
    </ol>
    {{/SCALE}}
    {{#SPECIALS}}
    <ul class="specials" aria-label="Cells outside of the scale">
      {{#SPECIAL}}<li><svg class="{{CELL_CLASS}}" viewBox="0 0 12 12" aria-hidden="true"><path d="M.5.5h11v11h-11z"/></svg> {{MEANING}}</li>
      {{/SPECIAL}}
    </ul>
    {{/SPECIALS}}
  </div>
  <p class="axis y" aria-hidden="true">{{Y_LABEL}}</p>
  {{SVG:none}}
  <p class="axis x" aria-hidden="true">{{X_LABEL}}</p>
  {{/DRAWN}}
  {{#NOT_DRAWN}}<p class="none">Not drawn: {{FAILURE}}.{{#IN_TABLE}} Its numbers stand in its table.{{/IN_TABLE}}</p>{{/NOT_DRAWN}}
  </div>
  <div>
  <figcaption>{{CAPTION}}{{#CONTOURS}} <span class="small">Lines at {{LEVELS}}.</span>{{/CONTOURS}}{{#SHARED}} <span class="small">All maps of this kind share one colour scale.</span>{{/SHARED}}{{#MANY_NUMBERS}} <span class="small">The numbers stand in results.json.</span>{{/MANY_NUMBERS}}</figcaption>
  {{#NUMBERS}}
  <details{{#OPEN}} open="open"{{/OPEN}}>
    <summary>The numbers</summary>
    <div class="scroll" tabindex="0" role="group" aria-label="Numbers of the heat map">
    <table class="data">
      <caption>{{UNIT}}, by {{Y_LABEL}} (rows) and {{X_LABEL}} (columns)</caption>
      <thead><tr><th scope="col">{{Y_LABEL}}</th>{{#COLUMN}}<th scope="col" class="number">{{NAME}}</th>{{/COLUMN}}</tr></thead>
      <tbody>
        {{#ROW}}<tr><th scope="row">{{NAME}}</th>{{#CELL}}<td class="number">{{VALUE}}</td>{{/CELL}}</tr>
        {{/ROW}}
      </tbody>
    </table>
    </div>
  </details>
  {{/NUMBERS}}
  </div>
</figure>
