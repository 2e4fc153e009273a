// The API's document, shown by Swagger UI. Nothing leaves this server: no validator, no font, no example from elsewhere.
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js'
import 'swagger-ui-dist/swagger-ui.css'
import './docs.css'

SwaggerUI({
  dom_id: '#page',
  url: '/openapi.json',
  validatorUrl: null,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  filter: true,
  persistAuthorization: false,
  tryItOutEnabled: false,
  syntaxHighlight: { activated: true, theme: 'idea' },
})
